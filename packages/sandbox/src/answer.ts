import type { Directives } from './directives.ts';
import type { ReportedUsage } from './usage.ts';

/**
 * Where a frame stands in a stream. Faults count the content frames; `no-done` leaves the terminator out; `usage`
 * marks the frame that reports what was used.
 */
export type FramePart = 'opening' | 'content' | 'closing' | 'usage' | 'terminator';

/** One event of a stream, already in the vendor's format. */
export interface Frame {
  readonly bytes: string;
  /** Tokens that were generated to make this frame, hidden reasoning included. */
  readonly tokens: number;
  readonly part: FramePart;
}

/** What an answer says about itself in the truth file. */
export interface AnswerFacts {
  readonly dialect: string;
  readonly model: string | null;
  readonly isStream: boolean;
  /** Null when the answer reports no usage to its client. */
  readonly usage: ReportedUsage | null;
  readonly generatedTokens: number;
}

/** An answer ready to be delivered: all decisions made, nothing sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A whole body, or the frames of a stream made while they are sent. */
  readonly body: string | (() => Iterable<Frame>);
  readonly facts: AnswerFacts;
  readonly directives: Directives;
  /** True when the same request would get the very same answer, so that the server may keep it. */
  readonly isReusable: boolean;
}

/** A request as the server hands it to an endpoint. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The first value of a header; empty when it is absent. */
export function headerOf(call: Pick<Call, 'headers'>, name: string): string {
  const value = call.headers[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
