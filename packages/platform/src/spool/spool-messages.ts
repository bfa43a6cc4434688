import type { SegmentWriterOptions, SpoolPosition } from './segment-writer.ts';

/** What the thread is started with. */
export type SpoolThreadData = SegmentWriterOptions;

/** To the thread. */
export type SpoolRequest =
  | { readonly type: 'write'; readonly records: readonly string[]; readonly through: number }
  | { readonly type: 'close' };

/** From the thread. Records are numbered in the order in which they were handed over. */
export type SpoolAnswer =
  | {
      readonly type: 'durable';
      /** The last record that is durable. */
      readonly through: number;
      readonly position: SpoolPosition;
      readonly writtenBytes: number;
    }
  /** Writing failed; the thread keeps the records and tries again. */
  | { readonly type: 'failed'; readonly code: string }
  /** Whether the disk has room beyond what running calls need. */
  | { readonly type: 'healthy' };
