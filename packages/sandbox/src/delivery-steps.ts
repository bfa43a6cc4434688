import type { Answer, Frame, FramePart } from './answer.ts';

/** One thing that the player does with the socket. A finished walk through the steps ends the response. */
export type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'head' }
  | { readonly do: 'send'; readonly bytes: string | Uint8Array; readonly tokens: number; readonly part: FramePart }
  /** Lets what was sent leave as a packet of its own. */
  | { readonly do: 'flush' }
  /** Drops the connection after what was sent has left. */
  | { readonly do: 'cut' }
  /** Resets the connection before anything was sent. */
  | { readonly do: 'reset' }
  /** Says no more until the client goes. */
  | { readonly do: 'hang' };

/** A whole answer is sent in so many pieces when a directive counts chunks. */
const piecesOfWhole = 10;

/** True when the answer can be sent in one write, because no directive looks inside its delivery. */
export function isPlain({ directives }: Answer): boolean {
  const names = Object.keys(directives);
  return names.every((name) => !deliveryNames.has(name));
}

const deliveryNames: ReadonlySet<string> = new Set([
  'latency',
  'ttft',
  'gap',
  'tps',
  'drip',
  'comments',
  'crlf',
  'malformed',
  'garbage',
  'cut',
  'eof',
  'stall',
  'stream-error',
  'no-done',
  'hang',
  'reset',
]);

/** How an answer goes out, step by step, with the timing and the faults that the directives ask for. */
export function* deliverySteps(answer: Answer, errorFrame: string): Generator<Step> {
  const { directives: asked, body } = answer;
  const perToken = asked.tps === undefined ? 0 : 1000 / asked.tps;
  const thinking = typeof body === 'string' ? (asked.ttft ?? 0) + answer.facts.generatedTokens * perToken : 0;
  yield { do: 'wait', ms: (asked.latency ?? 0) + thinking };
  if (asked.reset === true) return yield { do: 'reset' };
  if (asked.hang === 'before') return yield { do: 'hang' };
  yield { do: 'head' };
  if (asked.hang === 'after') return yield { do: 'hang' };
  if (typeof body === 'string') return yield* wholeSteps(answer, body);
  return yield* streamSteps(answer, body(), perToken, errorFrame);
}

function* wholeSteps(answer: Answer, body: string): Generator<Step> {
  const { directives: asked } = answer;
  const bytes = Buffer.from(body);
  for (let index = 0; index < piecesOfWhole; index += 1) {
    if (asked.cut === index || asked.eof === index) return yield { do: 'cut' };
    if (asked.stall?.atChunk === index) yield { do: 'wait', ms: asked.stall.ms };
    const from = Math.floor((index * bytes.length) / piecesOfWhole);
    const to = Math.floor(((index + 1) * bytes.length) / piecesOfWhole);
    const tokens = index === piecesOfWhole - 1 ? answer.facts.generatedTokens : 0;
    yield* sendSteps(answer, bytes.subarray(from, to), tokens, index === piecesOfWhole - 1 ? 'usage' : 'content');
    if (asked.gap !== undefined && index < piecesOfWhole - 1) yield { do: 'wait', ms: asked.gap };
  }
}

function* streamSteps(answer: Answer, frames: Iterable<Frame>, perToken: number, errorFrame: string): Generator<Step> {
  const { directives: asked } = answer;
  let sent = 0;
  let isStalled = false;
  let hasGarbage = false;
  let pause = asked.ttft ?? 0;
  for (const frame of frames) {
    if (frame.part !== 'opening') {
      if (asked.stall?.atChunk === sent && !isStalled) {
        isStalled = true;
        yield { do: 'wait', ms: asked.stall.ms };
      }
      if (asked.garbage === sent && !hasGarbage) {
        hasGarbage = true;
        yield* sendSteps(answer, 'data: <garbage {"unclosed": \n\n', 0, 'content');
      }
      if (asked.cut === sent) return yield { do: 'cut' };
      if (asked.eof === sent) return;
      if (asked['stream-error'] === sent) return yield* sendSteps(answer, errorFrame, 0, 'closing');
    }
    if (frame.part === 'terminator' && asked['no-done'] === true) continue;
    if (frame.part === 'content') {
      yield { do: 'wait', ms: pause + frame.tokens * perToken };
      pause = asked.gap ?? 0;
    }
    const isBroken = asked.malformed === true && frame.part === 'content' && sent === 0;
    yield* sendSteps(answer, isBroken ? `${brokenHalf(frame.bytes)}\n\n` : frame.bytes, frame.tokens, frame.part);
    if (frame.part === 'content') sent += 1;
  }
}

/** One frame, with the line ends, comments and packet sizes that were asked for. */
function* sendSteps(
  { directives: asked }: Answer,
  bytes: string | Uint8Array,
  tokens: number,
  part: FramePart,
): Generator<Step> {
  let out = bytes;
  if (typeof out === 'string') {
    if (asked.comments === true) out = `: keep-alive\n\n${out}`;
    if (asked.crlf === true) out = out.replaceAll('\n', '\r\n');
  }
  if (asked.drip === undefined) return yield { do: 'send', bytes: out, tokens, part };
  const raw = Buffer.from(out);
  for (let at = 0; at < raw.length; at += asked.drip) {
    const isLast = at + asked.drip >= raw.length;
    const piece = raw.subarray(at, at + asked.drip);
    yield { do: 'send', bytes: piece, tokens: isLast ? tokens : 0, part: isLast ? part : 'opening' };
    yield { do: 'flush' };
  }
}

/** The first half of a JSON text or an SSE event, which no parser can read. */
export function brokenHalf(text: string): string {
  return text.trimEnd().slice(0, Math.ceil(text.trimEnd().length / 2));
}
