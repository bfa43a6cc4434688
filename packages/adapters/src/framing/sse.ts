import { decodeText } from './bytes.ts';
import { SseFrames, type SseFrame } from './frames.ts';

/** A server-sent event with a payload. */
export interface SseEvent {
  /** The `event:` field; undefined when the provider sent none. */
  readonly event: string | undefined;
  /** The `data:` lines, joined by line feeds; never empty. */
  readonly data: string;
}

/** Decodes a byte stream into events. Comments, ids and events without data are dropped. */
export interface SseDecoder {
  /** Events that are complete with this chunk. */
  push(chunk: Uint8Array): readonly SseEvent[];
  /** The last event, where the final blank line is missing. */
  end(): readonly SseEvent[];
  /** True when an event was larger than the limit: the stream cannot be read on. */
  readonly isOverflowing: boolean;
}

/** Makes a decoder for one stream. `limitBytes` bounds a single event (16 MiB unless told). */
export function createSseDecoder(limitBytes?: number): SseDecoder {
  const frames = new SseFrames(limitBytes);
  const collect = (read: (onFrame: (frame: SseFrame) => void) => void): readonly SseEvent[] => {
    const events: SseEvent[] = [];
    read((frame) => {
      if (frame.dataStart < frame.dataEnd) {
        events.push(eventOf(frame));
      }
    });
    return events;
  };
  return {
    push: (chunk) => collect((onFrame) => frames.push(chunk, onFrame)),
    end: () => collect((onFrame) => frames.end(onFrame)),
    get isOverflowing() {
      return frames.isOverflowing;
    },
  };
}

/** The event that a frame stands for, as text. */
export function eventOf(frame: SseFrame): SseEvent {
  return {
    event: frame.eventStart < frame.eventEnd ? decodeText(frame.source, frame.eventStart, frame.eventEnd) : undefined,
    data: decodeText(frame.dataSource, frame.dataStart, frame.dataEnd),
  };
}
