'use client';

import type { UsageSeriesView, UsageSummaryView } from '@turnpike/contracts/usage';
import { ChartColumn, Download } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useMemo, useState } from 'react';
import { logSearch } from '#features/logs/log-filter.ts';
import { useScope } from '#features/shell/scope.tsx';
import { toApiError } from '#lib/api-error.ts';
import { chartDataOf, type ChartBucket, type ChartData, type ChartSeries, type Metric } from '#lib/chart-data.ts';
import { csvOf } from '#lib/csv.ts';
import { formatMoney } from '#lib/format-money.ts';
import { formatCompact, formatCount, formatDuration, formatShare } from '#lib/format-number.ts';
import { routes } from '#lib/routes.ts';
import { rangeLabels, resolveChartRange } from '#lib/time-range.ts';
import { Button, ButtonLink } from '#ui/button.tsx';
import { Card, CardHeader } from '#ui/card.tsx';
import { Chart, ChartSwitch } from '#ui/chart.tsx';
import { EmptyState } from '#ui/empty-state.tsx';
import { MetricCards } from '#ui/metric-cards.tsx';
import { MoneyText } from '#ui/money-text.tsx';
import { PageHeader } from '#ui/page-header.tsx';
import { Problem } from '#ui/problem.tsx';
import { Segmented } from '#ui/segmented.tsx';
import { ToolbarSelect } from '#ui/toolbar-select.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { BreakdownTable, type BreakdownRow } from './breakdown-table.tsx';
import { Freshness } from './freshness.tsx';
import { topGroups, usageFilterParsers, usageRanges, type UsageFilter } from './usage-filter.ts';
import { useSeries, useSummary } from './use-usage.ts';

const metricNames: Record<Metric, string> = {
  spend: 'Spend',
  requests: 'Requests',
  tokens: 'Tokens',
  errors: 'Errors',
};

const groupNames: Record<UsageFilter['by'], string> = { model: 'model', provider: 'provider', apiKey: 'key' };

const stepMs = { hour: 3_600_000, day: 86_400_000 } as const;

interface UsagePageProps {
  readonly projectId: string;
  readonly initial: { readonly summary: UsageSummaryView | undefined; readonly series: UsageSeriesView | undefined };
}

/** What a project used and what it cost, over time and by who did it. */
export function UsagePage({ projectId, initial }: UsagePageProps) {
  const { organizationId, may } = useScope();
  const router = useRouter();
  const [filter, setFilter] = useQueryStates(usageFilterParsers, { history: 'push' });
  const [firstFilter] = useState(filter);
  const isFirst = filter.range === firstFilter.range;
  const summary = useSummary(organizationId, projectId, filter, isFirst ? initial.summary : undefined);
  const series = useSeries(
    organizationId,
    projectId,
    filter,
    isFirst && filter.by === firstFilter.by ? initial.series : undefined,
  );
  const data = useMemo(
    () => (series.data === undefined ? undefined : chartDataOf(series.data, filter.metric)),
    [series.data, filter.metric],
  );
  const format = (exact: string): string =>
    filter.metric === 'spend' ? formatMoney(exact).text : formatCompact(Number(exact));
  const title = `${metricNames[filter.metric]} by ${groupNames[filter.by]}`;

  const toLogs = (key: string | undefined, range: { readonly from: Date; readonly to: Date } | undefined): void =>
    router.push(
      logSearch(routes.logs(organizationId, projectId), {
        ...(range ?? rangeForLogs(filter.range)),
        ...(key === undefined ? {} : filterFor(filter.by, key)),
        ...(filter.metric === 'errors' ? { status: 'error' } : {}),
      }),
    );

  return (
    <>
      <PageHeader
        title="Usage"
        description="What was called, and what it cost. Days and months are those of UTC, as on the invoice."
        actions={
          <ToolbarSelect
            label="Time range"
            className="min-w-40"
            value={filter.range}
            onChange={(range) => void setFilter({ range })}
            choices={usageRanges.map((value) => ({ value, label: rangeLabels[value] }))}
          />
        }
      />
      {summary.error !== null && summary.data === undefined ? (
        <UsageProblem error={summary.error} onRetry={() => void summary.refetch()} />
      ) : (
        <MetricCards
          label="Metric"
          chosen={filter.metric}
          onChoose={(metric) => void setFilter({ metric })}
          cards={cardsOf(summary.data)}
        />
      )}
      <Card className={series.isPlaceholderData ? 'opacity-60' : ''}>
        <CardHeader
          title={title}
          description={<Freshness summary={summary.data} />}
          actions={
            <>
              <Segmented
                label="Group by"
                value={filter.by}
                onChange={(by) => void setFilter({ by })}
                choices={[
                  { value: 'model', label: 'Model' },
                  { value: 'provider', label: 'Provider' },
                  ...(may('api_key.read') ? [{ value: 'apiKey' as const, label: 'Key' }] : []),
                ]}
              />
              <ChartSwitch view={filter.view} onChange={(view) => void setFilter({ view })} />
              <Button
                disabled={data === undefined}
                onClick={() => data !== undefined && download(`${title}.csv`, tableOf(data))}
                title="Download the numbers of this chart"
              >
                <Download aria-hidden />
                CSV
              </Button>
            </>
          }
        />
        {series.error !== null && series.data === undefined ? (
          <div className="p-4">
            <UsageProblem error={series.error} onRetry={() => void series.refetch()} />
          </div>
        ) : data === undefined ? (
          <Skeleton className="m-4 h-70" />
        ) : data.series.length === 0 ? (
          <NothingUsed projectId={projectId} />
        ) : (
          <Chart
            view={filter.view}
            data={data}
            format={format}
            label={`${title}, ${rangeLabels[filter.range].toLowerCase()}`}
            onSelect={(bucket: ChartBucket, chosen: ChartSeries) =>
              toLogs(chosen.key, { from: new Date(bucket.atMs), to: new Date(bucket.atMs + stepMs[data.interval]) })
            }
          />
        )}
      </Card>
      {series.data !== undefined && series.data.groups.length > 0 && data !== undefined && (
        <section className="flex flex-col gap-3">
          <h2 className="text-sm font-semibold">
            By {groupNames[filter.by]}
            {series.data.groups.some(({ key }) => key === null) && (
              <span className="font-normal text-subtle"> · the {topGroups} dearest, and all others together</span>
            )}
          </h2>
          <BreakdownTable
            label={`By ${groupNames[filter.by]}`}
            rows={rowsOf(series.data, data)}
            isLoading={false}
            onOpen={(row) => toLogs(keyOfRow(data, row), undefined)}
          />
        </section>
      )}
    </>
  );
}

function cardsOf(summary: UsageSummaryView | undefined) {
  const totals = summary?.totals;
  const latency =
    summary === undefined || summary.durationP50Ms === null
      ? 'no latency yet'
      : `p50 ${formatDuration(summary.durationP50Ms)}, p95 ${formatDuration(summary.durationP95Ms ?? 0)}`;
  return [
    {
      value: 'spend',
      label: 'Spend',
      figure: totals && <MoneyText usd={totals.chargeUsd} />,
      note: 'charged to your balance',
    },
    { value: 'requests', label: 'Requests', figure: totals && formatCount(totals.calls), note: latency },
    {
      value: 'tokens',
      label: 'Tokens',
      figure: totals && formatCompact(totals.totalInputTokens + totals.totalOutputTokens),
      note: totals && `${formatCompact(totals.totalInputTokens)} in, ${formatCompact(totals.totalOutputTokens)} out`,
    },
    {
      value: 'errors',
      label: 'Errors',
      figure: totals && formatCount(totals.failedCalls),
      note:
        totals && (totals.calls === 0 ? 'no requests' : `${formatShare(totals.failedCalls, totals.calls)} of requests`),
    },
  ] as const;
}

function rowsOf(view: UsageSeriesView, data: ChartData): readonly BreakdownRow[] {
  const whole = view.groups.reduce((sum, group) => sum + Number(group.totals.chargeUsd), 0);
  return view.groups.map((group, index) => ({
    id: data.series[index]?.id ?? group.label,
    label: group.label,
    color: data.series[index]?.color ?? 'var(--series-other)',
    totals: group.totals,
    share: whole === 0 ? 0 : Number(group.totals.chargeUsd) / whole,
  }));
}

function keyOfRow(data: ChartData, row: BreakdownRow): string | undefined {
  return data.series.find(({ id }) => id === row.id)?.key;
}

function filterFor(by: UsageFilter['by'], key: string) {
  switch (by) {
    case 'model':
      return { model: key };
    case 'provider':
      return { provider: key };
    case 'apiKey':
      return { key };
  }
}

/** The same time in the log, so that a figure and the calls behind it agree. */
function rangeForLogs(range: UsageFilter['range']) {
  const { fromMs, toMs } = resolveChartRange(range, Date.now());
  return { from: new Date(fromMs), to: new Date(toMs) };
}

/** The numbers of the chart, exact, for a spreadsheet. */
function tableOf({ series, buckets }: ChartData): string {
  return csvOf([
    ['time (UTC)', ...series.map(({ label }) => label)],
    ...buckets.map((bucket) => [
      new Date(bucket.atMs).toISOString(),
      ...series.map(({ id }) => bucket.exact[id] ?? '0'),
    ]),
  ]);
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function NothingUsed({ projectId }: { readonly projectId: string }) {
  const { organizationId } = useScope();
  return (
    <EmptyState
      kind="nothing-yet"
      icon={<ChartColumn />}
      title="Nothing was used in this time"
      action={
        <ButtonLink href={routes.keys(organizationId, projectId)} variant="primary">
          Get a key
        </ButtonLink>
      }
    >
      Calls appear here seconds after they end, by model, by provider and by key.
    </EmptyState>
  );
}

function UsageProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { message, requestId } = toApiError(error);
  return <Problem title="The figures could not be read" message={message} requestId={requestId} onRetry={onRetry} />;
}
