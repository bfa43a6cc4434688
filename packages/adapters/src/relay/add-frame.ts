import { decodeText, encodeText, type ByteJoiner } from '../framing/bytes.ts';
import type { SseFrame } from '../framing/frames.ts';
import { applySplices, type Splice } from '../framing/splice.ts';

/**
 * Passes an event on with some of its bytes replaced; splices are offsets into the payload's source. A plain event
 * keeps every other byte. One that carries comments, ids or a payload over several lines is written anew with its
 * name and payload alone, because clients trip over the rest.
 */
export function addFrame(out: ByteJoiner, frame: SseFrame, splices: readonly Splice[]): void {
  if (frame.isPlain) {
    let from = frame.start;
    for (const splice of splices) {
      out.addRange(frame.source, from, splice.start);
      out.add(splice.insert);
      from = splice.end;
    }
    out.addRange(frame.source, from, frame.end);
    return;
  }
  const shifted = splices.map((splice) => ({
    start: splice.start - frame.dataStart,
    end: splice.end - frame.dataStart,
    insert: splice.insert,
  }));
  const payload = decodeText(applySplices(frame.dataSource.subarray(frame.dataStart, frame.dataEnd), shifted));
  const name = decodeText(frame.source, frame.eventStart, frame.eventEnd);
  const lines = payload.split('\n').map((line) => `data: ${line}\n`);
  out.add(encodeText(`${name === '' ? '' : `event: ${name}\n`}${lines.join('')}\n`));
}
