import type { FinishReason } from '@turnpike/core/inference/stream';

/** A vendor's word for why it stopped, in the five words that clients know. */
export function parseFinishReason(native: string): FinishReason {
  switch (native) {
    case 'length':
    case 'max_tokens':
    case 'model_length':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_calls':
    case 'function_call':
    case 'tool_use':
      return 'tool_calls';
    case 'content_filter':
    case 'refusal':
    case 'safety':
    case 'sensitive':
      return 'content_filter';
    case 'error':
    case 'network_error':
      return 'error';
    default:
      return 'stop';
  }
}
