'use client';

import type { UsageSeriesView } from '@turnpike/contracts/usage';
import { SearchX } from 'lucide-react';
import { formatCount, formatShare } from '#lib/format-number.ts';
import { columnsOf, DataTable } from '#ui/data-table.tsx';
import { EmptyState } from '#ui/empty-state.tsx';
import { MoneyText } from '#ui/money-text.tsx';

export interface BreakdownRow {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly totals: UsageSeriesView['groups'][number]['totals'];
  /** Of the spend of all rows, 0 to 1. */
  readonly share: number;
}

const column = columnsOf<BreakdownRow>();

const columns = column.columns([
  column.accessor('label', {
    header: 'Name',
    cell: ({ row: { original } }) => (
      <span className="flex items-center gap-2.5">
        <span aria-hidden className="size-2.5 shrink-0 rounded-xs" style={{ background: original.color }} />
        <span className="max-w-72 truncate font-medium">{original.label}</span>
      </span>
    ),
  }),
  column.display({
    id: 'share',
    header: 'Share of spend',
    cell: ({ row: { original } }) => (
      <span className="flex items-center gap-2.5">
        <span aria-hidden className="h-1.5 w-24 overflow-hidden rounded-full bg-hover">
          <span
            className="block h-full rounded-full"
            style={{ width: `${original.share * 100}%`, background: original.color }}
          />
        </span>
        <span className="tabular text-muted">{formatShare(original.share, 1)}</span>
      </span>
    ),
  }),
  column.display({
    id: 'spend',
    header: 'Spend',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => <MoneyText usd={original.totals.chargeUsd} className="font-medium" />,
  }),
  column.display({
    id: 'calls',
    header: 'Requests',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => formatCount(original.totals.calls),
  }),
  column.display({
    id: 'errors',
    header: 'Errors',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => (
      <span className="text-muted">{formatShare(original.totals.failedCalls, original.totals.calls)}</span>
    ),
  }),
  column.display({
    id: 'input',
    header: 'Tokens in',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => (
      <span className="text-muted">{formatCount(original.totals.totalInputTokens)}</span>
    ),
  }),
  column.display({
    id: 'output',
    header: 'Tokens out',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => (
      <span className="text-muted">{formatCount(original.totals.totalOutputTokens)}</span>
    ),
  }),
]);

interface BreakdownTableProps {
  readonly label: string;
  readonly rows: readonly BreakdownRow[];
  readonly isLoading: boolean;
  /** Leads to the calls behind a row. */
  readonly onOpen: (row: BreakdownRow) => void;
}

/** The groups of a chart with all their figures. */
export function BreakdownTable({ label, rows, isLoading, onOpen }: BreakdownTableProps) {
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      rowId={(row) => row.id}
      onOpen={onOpen}
      isLoading={isLoading}
      empty={
        <EmptyState kind="no-match" icon={<SearchX />} title="Nothing was used in this time">
          Choose a longer range above.
        </EmptyState>
      }
    />
  );
}
