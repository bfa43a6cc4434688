'use client';

import type { CallDetailView } from '@turnpike/contracts/usage';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useQueryStates } from 'nuqs';
import { useEffect, useEffectEvent } from 'react';
import { useScope } from '#features/shell/scope.tsx';
import { toApiError } from '#lib/api-error.ts';
import { IconButton } from '#ui/button.tsx';
import { CodeBlock } from '#ui/code-block.tsx';
import { PeekDrawer } from '#ui/drawer.tsx';
import { Kbd } from '#ui/kbd.tsx';
import { MoneyText } from '#ui/money-text.tsx';
import { Problem } from '#ui/problem.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { Tabs } from '#ui/tabs.tsx';
import { CallStatus } from './call-badges.tsx';
import { CallCostPanel } from './call-cost-panel.tsx';
import { CallOverview } from './call-overview.tsx';
import { openRowParsers } from './log-filter.ts';
import { useCall } from './use-logs.ts';

interface CallDrawerProps {
  readonly requestId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Steps through the list behind the drawer: -1 is the row above. */
  readonly onStep: (step: -1 | 1) => void;
}

/** Everything about one call. J and K step through the list, Escape closes. */
export function CallDrawer({ requestId, isOpen, onClose, onStep }: CallDrawerProps) {
  const { organizationId } = useScope();
  const [{ tab }, setRow] = useQueryStates(openRowParsers);
  const { data, error, refetch } = useCall(organizationId, requestId);
  useStepKeys(isOpen, onStep);
  return (
    <PeekDrawer
      isOpen={isOpen}
      onClose={onClose}
      title={
        data === undefined ? (
          <>
            <span className="sr-only">Request {requestId}</span>
            <Skeleton className="h-4 w-48" />
          </>
        ) : (
          <span className="flex min-w-0 items-center gap-2.5">
            <CallStatus status={data.status} upstreamStatus={data.upstreamStatus} />
            <span className="truncate">{data.model ?? data.requestedModel}</span>
            <MoneyText usd={data.chargeUsd} className="text-sm font-medium text-muted" />
          </span>
        )
      }
      actions={
        <>
          <span className="mr-1 hidden gap-1 sm:flex" aria-hidden>
            <Kbd>K</Kbd>
            <Kbd>J</Kbd>
          </span>
          <IconButton size="icon-sm" label="Previous request (K)" onClick={() => onStep(-1)}>
            <ChevronUp aria-hidden />
          </IconButton>
          <IconButton size="icon-sm" label="Next request (J)" onClick={() => onStep(1)}>
            <ChevronDown aria-hidden />
          </IconButton>
        </>
      }
    >
      {error !== null ? (
        <div className="p-5">
          <CallProblem error={error} onRetry={() => void refetch()} />
        </div>
      ) : data === undefined ? (
        <div className="flex flex-col gap-3 p-5" aria-busy>
          <Skeleton className="h-4 w-full" />
          <Skeleton className="h-4 w-3/4" />
          <Skeleton className="h-32 w-full" />
        </div>
      ) : (
        <CallTabs call={data} tab={tab} onTabChange={(next) => void setRow({ tab: next })} />
      )}
    </PeekDrawer>
  );
}

type Tab = 'overview' | 'cost' | 'raw';

function CallTabs({
  call,
  tab,
  onTabChange,
}: {
  readonly call: CallDetailView;
  readonly tab: Tab;
  readonly onTabChange: (tab: Tab) => void;
}) {
  return (
    <Tabs
      label="Request"
      value={tab}
      onChange={onTabChange}
      listClassName="px-5"
      tabs={[
        { value: 'overview', label: 'Overview', content: <CallOverview call={call} /> },
        { value: 'cost', label: 'Cost', content: <CallCostPanel call={call} /> },
        {
          value: 'raw',
          label: 'Raw',
          content: (
            <CodeBlock code={JSON.stringify(call, null, 2)} language="json" label="Request as JSON" className="p-1" />
          ),
        },
      ]}
    />
  );
}

function CallProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { message, requestId, status } = toApiError(error);
  return status === 404 ? (
    <Problem
      title="There is no such request"
      message="It may be older than what is kept, or belong to another organization."
    />
  ) : (
    <Problem title="The request could not be read" message={message} requestId={requestId} onRetry={onRetry} />
  );
}

/** J and K anywhere but in a field where letters are typed. */
function useStepKeys(isActive: boolean, onStep: (step: -1 | 1) => void): void {
  const step = useEffectEvent((event: KeyboardEvent) => {
    const isTyping =
      event.target instanceof HTMLElement &&
      event.target.closest('input, textarea, select, [contenteditable]') !== null;
    const isPlain = !event.metaKey && !event.ctrlKey && !event.altKey;
    if (!isTyping && isPlain && (event.key === 'j' || event.key === 'k')) {
      event.preventDefault();
      onStep(event.key === 'j' ? 1 : -1);
    }
  });
  useEffect(() => {
    if (!isActive) {
      return undefined;
    }
    window.addEventListener('keydown', step);
    return () => window.removeEventListener('keydown', step);
  }, [isActive]);
}
