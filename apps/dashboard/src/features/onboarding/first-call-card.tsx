'use client';

import type { CallView } from '@turnpike/contracts/usage';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { useScope } from '#features/shell/scope.tsx';
import { formatDuration } from '#lib/format-number.ts';
import { routes } from '#lib/routes.ts';
import { ButtonLink } from '#ui/button.tsx';
import { cx } from '#ui/cx.ts';
import { LiveDot } from '#ui/live-dot.tsx';
import { MoneyText } from '#ui/money-text.tsx';

/** Waits for the first request with the new key, from anywhere, and says what came of it. */
export function FirstCallCard({ call }: { readonly call: CallView | undefined }) {
  const { organizationId, project } = useScope();
  const hasSucceeded = call?.status === 'success';
  return (
    <div
      aria-live="polite"
      className={cx(
        'rounded-lg p-4 shadow-card',
        call === undefined ? 'bg-surface' : hasSucceeded ? 'bg-success-soft' : 'bg-warning-soft',
      )}
    >
      {call === undefined ? (
        <LiveDot state="waiting" label="Waiting for your first request…" className="text-sm!" />
      ) : (
        <div className="flex animate-rise flex-col gap-3 sm:flex-row sm:items-center">
          <span className={cx('shrink-0', hasSucceeded ? 'text-success' : 'text-warning')}>
            {hasSucceeded ? (
              <CircleCheck aria-hidden className="size-5" />
            ) : (
              <CircleAlert aria-hidden className="size-5" />
            )}
          </span>
          <p className="flex-1 text-sm" data-testid="first-call">
            {hasSucceeded ? (
              <>
                Answered by <strong className="font-semibold">{call.providerId}</strong> in{' '}
                <strong className="tabular font-semibold">{formatDuration(call.durationMs)}</strong> for{' '}
                <MoneyText usd={call.chargeUsd} className="font-semibold" />.
              </>
            ) : (
              <>
                Your first request arrived and {call.status === 'cancelled' ? 'was cancelled' : 'failed'}. The log says
                why; it cost <MoneyText usd={call.chargeUsd} className="font-semibold" />.
              </>
            )}
          </p>
          {project !== undefined && (
            <ButtonLink href={`${routes.logs(organizationId, project.id)}?request=${call.requestId}`} size="sm">
              See it in the log
            </ButtonLink>
          )}
        </div>
      )}
    </div>
  );
}
