import type { RequestId } from '@turnpike/core/ids';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';

/** One request of a client, whatever transport it came by. */
export interface Call {
  readonly requestId: RequestId;
  readonly protocol: ProtocolName;
  readonly operation: Operation;
  /** Wall clock, for records. */
  readonly receivedAtMs: number;
  /** Monotonic clock, for durations. */
  readonly receivedAtTicksMs: number;
  readonly remoteAddress: string;
  readonly body: Uint8Array;
  /** A header by its lower-case name; undefined when absent. */
  readonly header: (name: string) => string | undefined;
  /** Headers as they came, names and values in turn: duplicates are seen only here. */
  readonly rawHeaders: readonly string[];
}

/** Where an answer goes. */
export interface Sink {
  /** Sends status and headers; at most once, before `write` and `end`. */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** False when the client reads more slowly than we write: wait for `onDrain`. */
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array): void;
  /** Breaks the connection, so that a client cannot take what it has for the whole answer. */
  destroy(): void;
  /** Calls back once when there is room again after a `write` that answered false. */
  onDrain(listener: () => void): void;
  /** Calls back once when the client is gone before the answer's end. */
  onGone(listener: () => void): void;
  readonly isGone: boolean;
  readonly hasHead: boolean;
}
