import type { FinishReason } from '@turnpike/core/inference/stream';

/** https://docs.anthropic.com/en/api/handling-stop-reasons */
export function parseStopReason(native: string): FinishReason {
  switch (native) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'refusal':
      return 'content_filter';
    default:
      // end_turn, stop_sequence, pause_turn, compaction: the turn is over.
      return 'stop';
  }
}

/** The word that this protocol's clients know. */
export function renderStopReason(reason: FinishReason, stopSequence: string | undefined): string {
  switch (reason) {
    case 'stop':
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'content_filter':
      return 'refusal';
    case 'error':
      return 'end_turn';
  }
}
