import type { AttemptView, CallDetailView } from '@turnpike/contracts/usage';

/** Where an attempt lies in its call, in shares of the whole from 0 to 1. */
export interface TimelineBar {
  readonly attempt: AttemptView;
  readonly from: number;
  readonly to: number;
  /** When the first content came; undefined when none did. */
  readonly firstContent: number | undefined;
}

/** The attempts of a call on one scale. An attempt that took no measurable time is still drawn, as a mark. */
export function timelineOf({ attempts }: Pick<CallDetailView, 'attempts'>): readonly TimelineBar[] {
  const starts = attempts.map((attempt) => Date.parse(attempt.startedAt));
  const firstMs = Math.min(...starts);
  const lastMs = Math.max(...attempts.map((attempt, index) => (starts[index] ?? firstMs) + attempt.durationMs));
  const lengthMs = Math.max(lastMs - firstMs, 1);
  return attempts.map((attempt, index) => {
    const startMs = (starts[index] ?? firstMs) - firstMs;
    return {
      attempt,
      from: startMs / lengthMs,
      to: (startMs + attempt.durationMs) / lengthMs,
      firstContent: attempt.firstContentMs === null ? undefined : (startMs + attempt.firstContentMs) / lengthMs,
    };
  });
}
