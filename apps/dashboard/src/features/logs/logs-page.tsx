'use client';

import type { CallListView } from '@turnpike/contracts/usage';
import { ScrollText, SearchX } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { useScope } from '#features/shell/scope.tsx';
import { toApiError } from '#lib/api-error.ts';
import { formatCounted } from '#lib/format-number.ts';
import { routes } from '#lib/routes.ts';
import { firstCallSnippets } from '#lib/snippets.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { DataTable } from '#ui/data-table.tsx';
import { EmptyState } from '#ui/empty-state.tsx';
import { LiveDot } from '#ui/live-dot.tsx';
import { PageHeader } from '#ui/page-header.tsx';
import { Pager } from '#ui/pager.tsx';
import { Problem } from '#ui/problem.tsx';
import { isFollowing, isNarrowed, logFilterParsers, openRowParsers, type LogFilter } from './log-filter.ts';
import { logColumns } from './log-columns.tsx';
import { LogToolbar } from './log-toolbar.tsx';
import { useCalls } from './use-logs.ts';

const CodeTabs = dynamic(() => import('#ui/code-tabs.tsx').then((module) => module.CodeTabs));
const CallDrawer = dynamic(() => import('./call-drawer.tsx').then((module) => module.CallDrawer), { ssr: false });

interface LogsPageProps {
  readonly projectId: string;
  /** What the server read for the filter in the address; undefined where the filter makes no sense. */
  readonly initial: CallListView | undefined;
}

/** The request log of a project. */
export function LogsPage({ projectId, initial }: LogsPageProps) {
  const { organizationId } = useScope();
  const router = useRouter();
  const [filter, setFilter] = useQueryStates(logFilterParsers, { history: 'push' });
  const [{ request }, setRow] = useQueryStates(openRowParsers);
  const [lastRequest, setLastRequest] = useState(request);
  if (request !== null && request !== lastRequest) {
    setLastRequest(request);
  }
  const [isLive, setIsLive] = useState(true);
  const [firstFilter] = useState(filter);
  const calls = useCalls(organizationId, projectId, filter, isLive, filter === firstFilter ? initial : undefined);
  const rows = calls.data?.items ?? noRows;
  const change = (next: Partial<LogFilter>): void => void setFilter({ cursor: null, ...next });
  const open = (requestId: string | null): void => void setRow({ request: requestId });

  const step = (by: -1 | 1): void => {
    const index = rows.findIndex((row) => row.requestId === request);
    const next = rows[index === -1 ? 0 : index + by];
    if (next !== undefined) {
      open(next.requestId);
      document.querySelector(`[data-row="${CSS.escape(next.requestId)}"]`)?.scrollIntoView({ block: 'nearest' });
    }
  };

  return (
    <>
      <PageHeader
        title="Logs"
        description="Every call of this project that reached a provider, with its attempts and what it cost. Prompts and answers are not stored."
      />
      <div className="flex flex-col gap-3">
        <LogToolbar
          projectId={projectId}
          filter={filter}
          onChange={change}
          onOpen={open}
          isLive={isLive}
          onLiveChange={setIsLive}
          canFollow={isFollowing(filter)}
          isReconnecting={calls.isRefetchError}
        />
        {calls.error !== null && calls.data === undefined ? (
          <LogsProblem error={calls.error} onRetry={() => void calls.refetch()} />
        ) : (
          <DataTable
            label="Requests"
            isDense
            columns={logColumns}
            rows={rows}
            rowId={(row) => row.requestId}
            onOpen={(row) => open(row.requestId)}
            openRowId={request ?? undefined}
            isLoading={calls.data === undefined}
            className={calls.isPlaceholderData ? 'opacity-60' : ''}
            empty={
              <NoCalls
                filter={filter}
                onClear={() => change({ status: null, model: null, key: null, provider: null })}
                onWiden={() => change({ range: '30d', from: null, to: null })}
              />
            }
            footer={
              <Pager
                words={`${formatCounted(rows.length, 'request')} on this page`}
                isFirst={filter.cursor === null}
                hasNext={typeof calls.data?.nextCursor === 'string'}
                onFirst={() => change({ cursor: null })}
                onBack={() => router.back()}
                onNext={() => change({ cursor: calls.data?.nextCursor ?? null })}
              />
            }
          />
        )}
      </div>
      {lastRequest !== null && (
        <CallDrawer requestId={lastRequest} isOpen={request !== null} onClose={() => open(null)} onStep={step} />
      )}
    </>
  );
}

const noRows: CallListView['items'] = [];

/** Answered by every installation: a real provider where one is set up, else the sandbox. */
const exampleModel = 'openai/gpt-5.4-mini';

interface NoCallsProps {
  readonly filter: LogFilter;
  readonly onClear: () => void;
  readonly onWiden: () => void;
}

function NoCalls({ filter, onClear, onWiden }: NoCallsProps) {
  const { organizationId, project, gatewayUrl } = useScope();
  if (isNarrowed(filter)) {
    return (
      <EmptyState
        kind="no-match"
        icon={<SearchX />}
        title="No request matches"
        action={<Button onClick={onClear}>Clear filters</Button>}
      >
        There may be others in this time, hidden by the filters. A model has to be named in full.
      </EmptyState>
    );
  }
  if (filter.range !== '30d' || filter.from !== null) {
    return (
      <EmptyState
        kind="nothing-yet"
        icon={<ScrollText />}
        title="No requests in this time"
        action={
          <>
            <Button onClick={onWiden}>Look at the last 30 days</Button>
            {project !== undefined && (
              <ButtonLink variant="primary" href={routes.keys(organizationId, project.id)}>
                Get a key
              </ButtonLink>
            )}
          </>
        }
      >
        <LiveDot state="waiting" label="Waiting for a request. It appears here within seconds." />
      </EmptyState>
    );
  }
  return (
    <EmptyState
      kind="nothing-yet"
      icon={<ScrollText />}
      title="No requests yet"
      action={
        project !== undefined && (
          <ButtonLink variant="primary" href={routes.keys(organizationId, project.id)}>
            Get a key
          </ButtonLink>
        )
      }
    >
      <div className="flex flex-col items-center gap-5">
        <LiveDot state="waiting" label="Waiting for your first request…" />
        <CodeTabs
          label="A first call"
          className="w-[min(36rem,80vw)] text-left"
          snippets={firstCallSnippets({ gatewayUrl, apiKey: 'YOUR_API_KEY', model: exampleModel })}
        />
      </div>
    </EmptyState>
  );
}

function LogsProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { message, requestId } = toApiError(error);
  return <Problem title="The log could not be read" message={message} requestId={requestId} onRetry={onRetry} />;
}
