'use client';

import type { ApiKeyListView, ApiKeyView } from '@turnpike/contracts/api-keys';
import type { UsageSeriesView } from '@turnpike/contracts/usage';
import { KeyRound, Plus, SearchX } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useMemo, useState } from 'react';
import { toApiError } from '#lib/api-error.ts';
import { formatCounted } from '#lib/format-number.ts';
import { bucketsOf } from '#lib/time-range.ts';
import { useScope } from '#features/shell/scope.tsx';
import { Button } from '#ui/button.tsx';
import { columnsOf, DataTable } from '#ui/data-table.tsx';
import { EmptyState } from '#ui/empty-state.tsx';
import { MoneyText } from '#ui/money-text.tsx';
import { PageHeader } from '#ui/page-header.tsx';
import { Pager } from '#ui/pager.tsx';
import { Problem } from '#ui/problem.tsx';
import { Segmented } from '#ui/segmented.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { Sparkline } from '#ui/sparkline.tsx';
import { TimeText } from '#ui/time-text.tsx';
import { usePanel } from '#ui/use-panel.ts';
import { KeyKind, KeyStatus } from './key-badges.tsx';
import { limitWords } from './limit-words.ts';
import { keyListParsers } from './key-list-query.ts';
import { KeyRowMenu } from './key-row-menu.tsx';
import { useApiKeys, useKeyActivity } from './use-api-keys.ts';

/** Forms and their checks come when somebody opens one. */
const CreateKeyDrawer = dynamic(() => import('./create-key-drawer.tsx').then((module) => module.CreateKeyDrawer));

interface KeyRow {
  readonly key: ApiKeyView;
  readonly activity: KeyActivity | undefined;
}

interface KeyActivity {
  readonly calls: number;
  readonly chargeUsd: string;
  readonly hourlyCalls: readonly number[];
}

const column = columnsOf<KeyRow>();

const columns = column.columns([
  column.accessor('key', {
    header: 'Name',
    cell: ({ row: { original } }) => (
      <div className="flex min-w-0 flex-col py-2">
        <span className="max-w-64 truncate font-medium">{original.key.name}</span>
        <span className="font-mono text-2xs text-subtle">
          {original.key.prefix}…{original.key.last4}
        </span>
      </div>
    ),
  }),
  column.display({ id: 'kind', header: 'Mode', cell: ({ row: { original } }) => <KeyKind kind={original.key.kind} /> }),
  column.display({
    id: 'status',
    header: 'Status',
    cell: ({ row: { original } }) => <KeyStatus status={original.key.status} />,
  }),
  column.display({
    id: 'limits',
    header: 'Rate limits',
    cell: ({ row: { original } }) => <Limits apiKey={original.key} />,
  }),
  column.display({
    id: 'activity',
    header: 'Requests, 24 h',
    cell: ({ row: { original } }) => <Activity row={original} />,
  }),
  column.display({
    id: 'spend',
    header: 'Spend, 24 h',
    meta: { align: 'right' },
    cell: ({ row: { original } }) =>
      original.key.kind === 'management' ? (
        <span className="text-subtle">—</span>
      ) : (
        <MoneyText usd={original.activity?.chargeUsd ?? '0'} />
      ),
  }),
  column.display({
    id: 'lastUsed',
    header: 'Last used',
    cell: ({ row: { original } }) =>
      original.key.lastUsedAt === null ? (
        <span className="text-subtle">Never</span>
      ) : (
        <TimeText iso={original.key.lastUsedAt} form="relative" className="text-muted" />
      ),
  }),
  column.display({
    id: 'expires',
    header: 'Expires',
    cell: ({ row: { original } }) =>
      original.key.expiresAt === null ? (
        <span className="text-subtle">Never</span>
      ) : (
        <TimeText iso={original.key.expiresAt} form="day" className="text-muted" />
      ),
  }),
  column.display({
    id: 'menu',
    header: () => <span className="sr-only">Actions</span>,
    meta: { align: 'right' },
    cell: ({ row: { original } }) => <KeyRowMenu apiKey={original.key} recentCalls={original.activity?.calls} />,
  }),
]);

interface KeysPageProps {
  readonly projectId: string;
  /** What the server read for the filter in the address; undefined where the filter makes no sense. */
  readonly initial: ApiKeyListView | undefined;
}

const statusChoices = [
  { value: 'all', label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'expired', label: 'Expired' },
] as const;

/** The keys of a project. */
export function KeysPage({ projectId, initial }: KeysPageProps) {
  const { organizationId, may } = useScope();
  const router = useRouter();
  const [filter, setFilter] = useQueryStates(keyListParsers, { history: 'push' });
  const [firstFilter] = useState(filter);
  const isFirstFilter = filter.status === firstFilter.status && filter.cursor === firstFilter.cursor;
  const keys = useApiKeys(organizationId, projectId, filter, isFirstFilter ? initial : undefined);
  const activity = useKeyActivity(organizationId, projectId);
  const panel = usePanel<'create'>();
  const rows = useMemo(() => rowsOf(keys.data?.items ?? [], activity.data), [keys.data, activity.data]);
  const mayCreate = may('api_key.create');
  const create = mayCreate && (
    <Button variant="primary" onClick={() => panel.open('create')}>
      <Plus aria-hidden />
      Create key
    </Button>
  );
  const isFiltered = filter.status !== null;

  return (
    <>
      <PageHeader
        title="Keys"
        description="A key calls models for this project, within the limits you give it. Its secret is shown once."
        actions={create}
      />
      <div className="flex flex-col gap-3">
        <Segmented
          label="Status"
          className="self-start"
          value={statusChoices.find((choice) => choice.value === filter.status)?.value ?? 'all'}
          onChange={(status) => void setFilter({ status: status === 'all' ? null : status, cursor: null })}
          choices={statusChoices}
        />
        {keys.error === null ? (
          <DataTable
            label="API keys"
            columns={columns}
            rows={rows}
            rowId={(row) => row.key.id}
            isLoading={keys.data === undefined}
            className={keys.isPlaceholderData ? 'opacity-60' : ''}
            empty={
              isFiltered ? (
                <EmptyState
                  kind="no-match"
                  icon={<SearchX />}
                  title={`No ${filter.status} keys`}
                  action={<Button onClick={() => void setFilter({ status: null, cursor: null })}>Show all keys</Button>}
                >
                  Keys with another status are hidden by the filter.
                </EmptyState>
              ) : (
                <EmptyState kind="nothing-yet" icon={<KeyRound />} title="No keys yet" action={create}>
                  {mayCreate
                    ? 'A key is all your code needs: keep your SDK, change the base URL, and put the key in.'
                    : 'Your role may look at keys, not create them. An owner, an admin or a developer can.'}
                </EmptyState>
              )
            }
            footer={
              <Pager
                words={formatCounted(rows.length, 'key')}
                isFirst={filter.cursor === null}
                hasNext={typeof keys.data?.nextCursor === 'string'}
                onFirst={() => void setFilter({ cursor: null })}
                onBack={() => router.back()}
                onNext={() => void setFilter({ cursor: keys.data?.nextCursor ?? null })}
              />
            }
          />
        ) : (
          <KeysProblem error={keys.error} onRetry={() => void keys.refetch()} />
        )}
      </div>
      {panel.shown !== undefined && (
        <CreateKeyDrawer
          projectId={projectId}
          isOpen={panel.isOpen}
          onOpenChange={panel.close}
          onClosed={panel.forget}
        />
      )}
    </>
  );
}

function KeysProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { message, requestId } = toApiError(error);
  return <Problem title="The keys could not be read" message={message} requestId={requestId} onRetry={onRetry} />;
}

function Limits({ apiKey }: { readonly apiKey: ApiKeyView }) {
  const [first, ...others] = apiKey.rateLimits;
  if (first === undefined) {
    return <span className="text-subtle">None</span>;
  }
  return (
    <span className="text-muted" title={apiKey.rateLimits.map(limitWords).join('\n')}>
      {limitWords(first)}
      {others.length > 0 && <span className="text-subtle"> +{others.length}</span>}
    </span>
  );
}

function Activity({ row: { key, activity } }: { readonly row: KeyRow }) {
  if (key.kind === 'management') {
    return <span className="text-subtle">—</span>;
  }
  return activity === undefined ? (
    <Skeleton className="h-4 w-20" />
  ) : (
    <Sparkline
      values={activity.hourlyCalls}
      label={`${formatCounted(activity.calls, 'request')} in the last 24 hours`}
    />
  );
}

function rowsOf(keys: readonly ApiKeyView[], series: UsageSeriesView | undefined): readonly KeyRow[] {
  const hours =
    series === undefined ? [] : bucketsOf({ fromMs: Date.parse(series.from), toMs: Date.parse(series.to) }, 'hour');
  return keys.map((key) => ({ key, activity: series === undefined ? undefined : activityOf(series, key.id, hours) }));
}

function activityOf(series: UsageSeriesView, keyId: string, hours: readonly number[]): KeyActivity {
  const group = series.groups.find((candidate) => candidate.key === keyId);
  const byHour = new Map(group?.points.map((point) => [Date.parse(point.at), point.totals.calls]));
  return {
    calls: group?.totals.calls ?? 0,
    chargeUsd: group?.totals.chargeUsd ?? '0',
    hourlyCalls: hours.map((hour) => byHour.get(hour) ?? 0),
  };
}
