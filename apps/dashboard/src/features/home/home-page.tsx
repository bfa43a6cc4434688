'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import type { CallView } from '@turnpike/contracts/usage';
import { ArrowRight, ChartColumn, Play, ScrollText } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { logColumns } from '#features/logs/log-columns.tsx';
import { useBalance } from '#features/shell/use-balance.ts';
import { useScope } from '#features/shell/scope.tsx';
import { toApiError } from '#lib/api-error.ts';
import { formatCount, formatCounted, formatDuration, formatShare } from '#lib/format-number.ts';
import { routes } from '#lib/routes.ts';
import { ButtonLink } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { DataTable } from '#ui/data-table.tsx';
import { EmptyState } from '#ui/empty-state.tsx';
import { LiveDot } from '#ui/live-dot.tsx';
import { MoneyText } from '#ui/money-text.tsx';
import { PageHeader } from '#ui/page-header.tsx';
import { Problem } from '#ui/problem.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { Stat, StatRow } from '#ui/stat.tsx';
import { Checklist } from './checklist.tsx';
import type { HomeData } from './home-data.ts';
import { SpendByModel } from './spend-by-model.tsx';
import { useHome } from './use-home.ts';

/** Requests that the home page shows in short; the log has the rest. */
const shortColumns = logColumns.filter(
  (column) => column.id !== 'chips' && column.id !== 'tokens' && column.id !== 'key',
);

/** How the organization stands: money, traffic, and what happened last. */
export function HomePage({ initial }: { readonly initial: HomeData }) {
  const { organizationId, membership, project, may } = useScope();
  const router = useRouter();
  const mayUsage = may('usage.read');
  const parts = useHome(organizationId, { usage: mayUsage, keys: may('api_key.read') }, initial);
  const balance = useBalance();
  const { month, day, models, calls, keys } = parts;
  const rows = calls.data?.items ?? [];
  const openCall = (call: CallView): void =>
    router.push(`${routes.logs(organizationId, call.projectId)}?range=30d&request=${call.requestId}`);

  return (
    <>
      <PageHeader
        title={membership.organization.name}
        description="This month, all projects together."
        actions={
          may('api_key.create') && (
            <ButtonLink href={routes.onboarding}>
              <Play aria-hidden />
              Make a call
            </ButtonLink>
          )
        }
      />
      {keys.data !== undefined && may('api_key.create') && (
        <Checklist keys={keys.data.items} hasCalls={rows.length > 0} />
      )}
      <StatRow label="At a glance">
        {mayUsage && (
          <Stat
            label="Spend this month"
            value={moneyFigure(month, month.data?.totals.chargeUsd)}
            note={month.data && `${formatCounted(month.data.totals.calls, 'request')} since the 1st, UTC`}
          />
        )}
        {mayUsage && (
          <Stat
            label="Requests, 24 h"
            value={figure(day, day.data && formatCount(day.data.totals.calls))}
            note={day.data && errorWords(day.data.totals)}
          />
        )}
        {may('balance.read') && (
          <Stat
            label="Balance"
            value={moneyFigure(balance, balance.data?.availableUsd)}
            note={balance.data && <BalanceNote unpostedUsd={balance.data.unpostedUsd} />}
          />
        )}
        {mayUsage && (
          <Stat
            label="Latency, 24 h"
            value={figure(day, day.data && medianWords(day.data.durationP50Ms))}
            note={day.data && latencyNote(day.data)}
          />
        )}
      </StatRow>
      {mayUsage && (
        <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
          <section className="flex min-w-0 flex-col gap-3">
            <div className="flex items-center justify-between gap-3">
              <h2 className="flex items-center gap-3 text-sm font-semibold">
                Last requests
                <LiveDot
                  state={calls.isRefetchError ? 'reconnecting' : 'live'}
                  label={calls.isRefetchError ? 'Reconnecting' : 'Live'}
                />
              </h2>
              {project !== undefined && (
                <ButtonLink href={routes.logs(organizationId, project.id)} variant="ghost" size="sm">
                  All logs
                  <ArrowRight aria-hidden />
                </ButtonLink>
              )}
            </div>
            {calls.error !== null && calls.data === undefined ? (
              <PartProblem what="The last requests" query={calls} />
            ) : (
              <DataTable
                label="Last requests"
                columns={shortColumns}
                rows={rows}
                rowId={(row) => row.requestId}
                onOpen={openCall}
                isLoading={calls.data === undefined}
                empty={
                  <EmptyState
                    kind="nothing-yet"
                    icon={<ScrollText />}
                    title="No requests yet"
                    action={
                      may('api_key.create') && (
                        <ButtonLink href={routes.onboarding} variant="primary">
                          Make the first one
                        </ButtonLink>
                      )
                    }
                  >
                    <LiveDot state="waiting" label="Waiting for your first request…" />
                  </EmptyState>
                }
              />
            )}
          </section>
          <section className="flex min-w-0 flex-col gap-3">
            <h2 className="flex h-7 items-center text-sm font-semibold">Spend by model, this month</h2>
            <Card>
              <ModelsPanel models={models} />
            </Card>
          </section>
        </div>
      )}
    </>
  );
}

/** A figure, or a dash where it could not be read; undefined while it loads. */
function figure(query: Pick<UseQueryResult, 'isError'>, value: ReactNode | undefined): ReactNode | undefined {
  return value === undefined && query.isError ? <span title="Could not be read; it is tried again">—</span> : value;
}

function moneyFigure(query: Pick<UseQueryResult, 'isError'>, usd: string | undefined): ReactNode | undefined {
  return figure(query, usd === undefined ? undefined : <MoneyText usd={usd} />);
}

function medianWords(medianMs: number | null): string {
  return medianMs === null ? '—' : formatDuration(medianMs);
}

function errorWords({ calls, failedCalls }: { readonly calls: number; readonly failedCalls: number }): string {
  return calls === 0 ? 'none yet' : `${formatShare(failedCalls, calls)} errors`;
}

function latencyNote(day: NonNullable<HomeData['day']>): string {
  return day.durationP95Ms === null ? 'no requests in this time' : `median; p95 ${formatDuration(day.durationP95Ms)}`;
}

function BalanceNote({ unpostedUsd }: { readonly unpostedUsd: string }) {
  return (
    <>
      available; <MoneyText usd={unpostedUsd} /> not posted yet
    </>
  );
}

function ModelsPanel({ models }: { readonly models: ReturnType<typeof useHome>['models'] }) {
  if (models.data === undefined) {
    return models.error === null ? (
      <div className="flex flex-col gap-4 p-4" aria-busy>
        <Skeleton className="h-6 w-full" />
        <Skeleton className="h-6 w-3/4" />
        <Skeleton className="h-6 w-1/2" />
      </div>
    ) : (
      <PartProblem what="The spend by model" query={models} />
    );
  }
  return models.data.groups.length === 0 ? (
    <EmptyState kind="nothing-yet" icon={<ChartColumn />} title="Nothing spent yet" className="py-10!">
      Models appear here with what they cost.
    </EmptyState>
  ) : (
    <SpendByModel view={models.data} />
  );
}

function PartProblem({
  what,
  query,
}: {
  readonly what: string;
  readonly query: Pick<UseQueryResult, 'error' | 'refetch'>;
}) {
  const { message, requestId } = toApiError(query.error);
  return (
    <Problem
      title={`${what} could not be read`}
      message={message}
      requestId={requestId}
      onRetry={() => void query.refetch()}
    />
  );
}
