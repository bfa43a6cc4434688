import type { AttemptView, CallDetailView } from '@turnpike/contracts/usage';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '#lib/format-number.ts';
import { CopyButton } from '#ui/copy-button.tsx';
import { cx } from '#ui/cx.ts';
import { TimeText } from '#ui/time-text.tsx';
import { timelineOf, type TimelineBar } from './attempt-timeline.ts';
import { failureWords } from './failure-words.ts';

const protocols: Readonly<Record<string, string>> = {
  'openai-chat': 'OpenAI chat',
  'anthropic-messages': 'Anthropic messages',
  'openai-embeddings': 'OpenAI embeddings',
};

/** What happened, in which order, and to whom. */
export function CallOverview({ call }: { readonly call: CallDetailView }) {
  return (
    <div className="flex flex-col gap-6 p-5">
      {call.failureKind !== null && <Failure kind={call.failureKind} />}
      <section aria-label="Attempts" className="flex flex-col gap-3">
        <h3 className="text-sm font-semibold">
          {call.attempts.length === 1 ? 'One attempt' : `${call.attempts.length} attempts`}
          <span className="tabular font-normal text-subtle"> · {formatDuration(call.durationMs)} in all</span>
        </h3>
        <ol className="flex flex-col gap-3">
          {timelineOf(call).map((bar) => (
            <AttemptRow key={bar.attempt.attempt} bar={bar} />
          ))}
        </ol>
      </section>
      <dl className="grid gap-x-6 border-t border-line text-sm sm:grid-cols-2">
        <Fact name="Time">
          <TimeText iso={call.startedAt} />
        </Fact>
        <Fact name="Request">
          <span className="flex min-w-0 items-center gap-1">
            <code className="truncate font-mono text-xs">{call.requestId}</code>
            <CopyButton text={call.requestId} what="request id" />
          </span>
        </Fact>
        <Fact name="Asked for">{call.requestedModel}</Fact>
        <Fact name="Served">{call.model ?? 'nothing'}</Fact>
        <Fact name="Key">{call.apiKey.name}</Fact>
        <Fact name="Mode">{call.mode === 'test' ? 'Test: not billed' : 'Live'}</Fact>
        <Fact name="Protocol">
          {protocols[call.clientProtocol] ?? call.clientProtocol}, {call.isStream ? 'streamed' : 'in one piece'}
        </Fact>
        <Fact name="Finished because">
          {call.status === 'cancelled' ? 'the client left' : (call.finishReason ?? 'it did not finish')}
        </Fact>
        <Fact name="Tokens in">
          {formatCount(call.totalInputTokens)}
          {call.usage.cacheReadTokens > 0 && (
            <span className="text-subtle"> · {formatCount(call.usage.cacheReadTokens)} cached</span>
          )}
        </Fact>
        <Fact name="Tokens out">
          {formatCount(call.totalOutputTokens)}
          {call.usage.reasoningTokens > 0 && (
            <span className="text-subtle"> · {formatCount(call.usage.reasoningTokens)} reasoning</span>
          )}
        </Fact>
        <Fact name="Tokens are">
          {call.usageSource === 'estimated' ? 'an estimate, of what was delivered' : 'as the provider reported'}
        </Fact>
        {call.endUser !== null && <Fact name="End user">{call.endUser}</Fact>}
      </dl>
    </div>
  );
}

function Failure({ kind }: { readonly kind: string }) {
  const { cause, remedy } = failureWords(kind);
  return (
    <div className="flex gap-3 rounded-lg bg-danger-soft p-4">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <div className="text-sm">
        <p className="font-medium">{cause}</p>
        <p className="text-muted">{remedy}</p>
      </div>
    </div>
  );
}

function AttemptRow({ bar }: { readonly bar: TimelineBar }) {
  const { attempt } = bar;
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return (
    <li className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span className="min-w-0 truncate">
          <span className="tabular text-subtle">{attempt.attempt}.</span>{' '}
          <span className="font-medium">{attempt.providerId}</span>{' '}
          <span className="text-subtle">{attempt.upstreamModel}</span>
        </span>
        <span className="tabular text-xs text-muted">
          {outcomeWords(attempt)} · {formatDuration(attempt.durationMs)}
        </span>
      </div>
      <div aria-hidden className="relative h-2 rounded-full bg-hover">
        <div
          className={cx('absolute inset-y-0 min-w-1 rounded-full', isFailed(attempt) ? 'bg-danger-solid' : 'bg-accent')}
          style={{ left: percent(bar.from), width: percent(bar.to - bar.from) }}
        />
        {bar.firstContent !== undefined && (
          <div
            className="absolute -inset-y-0.5 w-0.5 rounded-full bg-text ring-2 ring-raised"
            style={{ left: percent(bar.firstContent) }}
          />
        )}
      </div>
      {attempt.failureMessage !== null ? (
        <p className="text-xs break-words text-muted">“{attempt.failureMessage}”</p>
      ) : (
        attempt.firstContentMs !== null && (
          <p className="tabular text-xs text-subtle">First word after {formatDuration(attempt.firstContentMs)}</p>
        )
      )}
    </li>
  );
}

function isFailed(attempt: AttemptView): boolean {
  return attempt.state === 'failed' || attempt.state === 'orphaned' || attempt.failureKind !== null;
}

function outcomeWords(attempt: AttemptView): string {
  const status = attempt.upstreamStatus === null ? 'no answer' : `${attempt.upstreamStatus}`;
  if (attempt.state === 'orphaned') {
    return 'lost with its gateway; not charged';
  }
  return attempt.failureKind === null
    ? attempt.isCancelled
      ? `${status}, cancelled`
      : status
    : `${status}, ${attempt.failureKind.replaceAll('_', ' ')}`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-center justify-between gap-4 border-b border-line py-2">
      <dt className="shrink-0 text-subtle">{name}</dt>
      <dd className="min-w-0 truncate text-right">{children}</dd>
    </div>
  );
}
