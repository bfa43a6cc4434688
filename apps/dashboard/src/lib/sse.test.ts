import { expect, it } from 'vitest';
import { readSseData } from './sse.ts';

const text =
  ': keep-alive\ndata: {"a":"é"}\r\n\r\nevent: x\ndata: one\ndata: two\n\n: only a comment\n\ndata: [DONE]\n\n';

async function collect(pieces: readonly Uint8Array[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(piece);
      }
      controller.close();
    },
  });
  const seen: string[] = [];
  for await (const data of readSseData(body)) {
    seen.push(data);
  }
  return seen;
}

it('gives the same events however the bytes are cut', async () => {
  const bytes = new TextEncoder().encode(text);
  const expected = ['{"a":"é"}', 'one\ntwo', '[DONE]'];
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.slice(index * size, (index + 1) * size),
    );
    expect(await collect(pieces)).toEqual(expected);
  }
});
