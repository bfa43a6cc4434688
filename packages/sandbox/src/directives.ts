import { z } from 'zod';

/** Longest time a directive may ask for: past every deadline that a client of ours has. */
const maxWaitMs = 600_000;
/** A million tokens is past the longest output of any model and still streams in bounded memory. */
const maxTokens = 1_000_000;

const flag = z.literal('').transform(() => true as const);
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const milliseconds = whole(0, maxWaitMs);
const chunkIndex = whole(0, maxTokens);
/** A bare `garbage` means `garbage=<fallback>`. */
const wholeOr = (fallback: string, min: number, max: number) =>
  z.preprocess((value) => (value === '' ? fallback : value), whole(min, max));

/** Every directive with the values it takes. README.md explains each; a test holds the two together. */
export const directiveSchema = z
  .strictObject({
    // When bytes leave.
    latency: milliseconds,
    ttft: milliseconds,
    gap: milliseconds,
    tps: whole(1, 1_000_000),
    // What is answered.
    tokens: whole(0, maxTokens),
    chunks: whole(1, maxTokens),
    say: z.string(),
    echo: flag,
    reasoning: whole(0, maxTokens),
    'reasoning-field': z.enum(['reasoning_content', 'reasoning']),
    tool: z.string().transform((names) => names.split(',').filter((name) => name !== '')),
    calls: whole(1, 128),
    'bad-arguments': flag,
    refusal: flag,
    filtered: flag,
    created: z.literal('now'),
    // What is reported as used.
    cached: whole(0, 100_000_000),
    'cache-write': whole(0, 100_000_000),
    usage: z.enum(['missing', 'zero', 'negative', 'absurd', 'repeated', 'growing']),
    'input-tokens': whole(-1_000_000_000_000_000, 1_000_000_000_000_000),
    'output-tokens': whole(-1_000_000_000_000_000, 1_000_000_000_000_000),
    // Limits of the pretended model.
    context: whole(1, 100_000_000),
    strict: flag,
    // How bytes lie on the wire; nothing is wrong with them.
    drip: wholeOr('1', 1, 65_536),
    comments: flag,
    crlf: flag,
    'huge-header': wholeOr('64', 1, 1024),
    // What goes wrong.
    status: whole(400, 599),
    error: z.enum(['quota', 'content-policy', 'context']),
    'retry-after': z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'expected seconds')
      .transform(Number)
      .pipe(z.number().max(86_400)),
    malformed: flag,
    garbage: wholeOr('1', 0, maxTokens),
    cut: chunkIndex,
    eof: chunkIndex,
    stall: z
      .string()
      .regex(/^\d+(:\d+)?$/, 'expected <chunk> or <chunk>:<milliseconds>')
      .transform((value) => {
        const [chunk = '0', ms = '30000'] = value.split(':');
        return { atChunk: Number(chunk), ms: Number(ms) };
      })
      .pipe(z.object({ atChunk: z.number().max(maxTokens), ms: z.number().max(maxWaitMs) })),
    'stream-error': chunkIndex,
    'no-done': flag,
    'error-body': flag,
    html: flag,
    empty: flag,
    hang: z.preprocess((value) => (value === '' ? 'after' : value), z.enum(['before', 'after'])),
    reset: flag,
    // Which calls the faults strike.
    times: whole(0, 1_000_000),
    id: z.string().min(1).max(200),
  })
  .partial();

/** What the caller asked the sandbox to do, parsed and within bounds. */
export type Directives = z.output<typeof directiveSchema>;
export type DirectiveName = keyof Directives;

/** The directives that `times=k` limits to the first k calls. */
export const faultNames = [
  'status',
  'error',
  'retry-after',
  'malformed',
  'garbage',
  'cut',
  'eof',
  'stall',
  'stream-error',
  'no-done',
  'error-body',
  'html',
  'empty',
  'hang',
  'reset',
] as const satisfies readonly DirectiveName[];

/** The directives without those that make something go wrong. */
export function withoutFaults(directives: Directives): Directives {
  const rest = { ...directives };
  for (const name of faultNames) delete rest[name];
  return rest;
}
