import type { CallView } from '@turnpike/contracts/usage';
import { Badge, type Tone } from '#ui/badge.tsx';

const statuses: Record<CallView['status'], { readonly tone: Tone; readonly word: string }> = {
  success: { tone: 'success', word: 'Success' },
  error: { tone: 'danger', word: 'Error' },
  cancelled: { tone: 'warning', word: 'Cancelled' },
};

/** How a call ended; with the provider's status where that says why. A stream that broke had begun with a 200. */
export function CallStatus({ status, upstreamStatus }: Pick<CallView, 'status' | 'upstreamStatus'>) {
  const { tone, word } = statuses[status];
  const saysWhy = status === 'error' && upstreamStatus !== null && upstreamStatus >= 400;
  return (
    <Badge tone={tone} hasDot>
      {word}
      {saysWhy && <span className="tabular">{upstreamStatus}</span>}
    </Badge>
  );
}

/** What is worth knowing of a call besides its figures, in a word each. */
export function CallChips({ call }: { readonly call: CallView }) {
  return (
    <span className="flex gap-1">
      {call.attemptCount > 1 && (
        <Badge tone="warning" title={`${call.attemptCount} attempts; the last one counts`}>
          {call.attemptCount} attempts
        </Badge>
      )}
      {call.isStream && <Badge title="The answer was streamed">stream</Badge>}
      {call.mode === 'test' && (
        <Badge tone="info" title="Made with a test key: the sandbox answered, nothing was billed">
          test
        </Badge>
      )}
      {call.usage.cacheReadTokens > 0 && (
        <Badge title={`${call.usage.cacheReadTokens} input tokens came from the provider's prompt cache`}>cached</Badge>
      )}
      {call.usageSource === 'estimated' && call.totalOutputTokens + call.totalInputTokens > 0 && (
        <Badge title="The provider reported no usage; we counted what was delivered">estimated</Badge>
      )}
      {call.isUnpriced && (
        <Badge tone="warning" title="Charged at a ceiling price; a correction follows when the price is known">
          unpriced
        </Badge>
      )}
    </span>
  );
}
