import type { CallView } from '@turnpike/contracts/usage';
import { formatCount, formatDuration } from '#lib/format-number.ts';
import { columnsOf } from '#ui/data-table.tsx';
import { MoneyText } from '#ui/money-text.tsx';
import { TimeText } from '#ui/time-text.tsx';
import { CallChips, CallStatus } from './call-badges.tsx';

const column = columnsOf<CallView>();

/** The columns of the request log; the home page shows the first few of them. */
export const logColumns = column.columns([
  column.accessor('startedAt', {
    header: 'Time',
    cell: ({ getValue }) => <TimeText iso={getValue()} className="text-muted" />,
  }),
  column.display({
    id: 'status',
    header: 'Status',
    cell: ({ row: { original } }) => <CallStatus status={original.status} upstreamStatus={original.upstreamStatus} />,
  }),
  column.display({ id: 'model', header: 'Model', cell: ({ row: { original } }) => <ModelCell call={original} /> }),
  column.accessor('providerId', {
    header: 'Provider',
    cell: ({ getValue }) => <span className="text-muted">{getValue()}</span>,
  }),
  column.display({
    id: 'key',
    header: 'Key',
    cell: ({ row: { original } }) => <span className="block max-w-32 truncate text-muted">{original.apiKey.name}</span>,
  }),
  column.display({
    id: 'tokens',
    header: 'Tokens',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => (
      <span
        className="tabular text-muted"
        title={`${formatCount(original.totalInputTokens)} in, ${formatCount(original.totalOutputTokens)} out`}
      >
        {formatCount(original.totalInputTokens)} <span className="text-subtle">→</span>{' '}
        {formatCount(original.totalOutputTokens)}
      </span>
    ),
  }),
  column.accessor('chargeUsd', {
    header: 'Cost',
    meta: { align: 'right' },
    cell: ({ getValue }) => <MoneyText usd={getValue()} className="font-medium" />,
  }),
  column.accessor('durationMs', {
    header: 'Latency',
    meta: { align: 'right' },
    cell: ({ row: { original } }) => (
      <span
        className="tabular text-muted"
        title={
          original.firstContentMs === null ? undefined : `First word after ${formatDuration(original.firstContentMs)}`
        }
      >
        {formatDuration(original.durationMs)}
      </span>
    ),
  }),
  column.display({
    id: 'chips',
    header: () => <span className="sr-only">Details</span>,
    cell: ({ row: { original } }) => <CallChips call={original} />,
  }),
]);

/** The model that was served, and the name that was asked for where that differs. */
function ModelCell({ call }: { readonly call: CallView }) {
  const served = call.model ?? call.requestedModel;
  return (
    <span
      className="block max-w-56 truncate"
      title={served === call.requestedModel ? served : `${call.requestedModel} → ${served}`}
    >
      <span className="font-medium">{served}</span>
      {served !== call.requestedModel && <span className="text-subtle"> as {call.requestedModel}</span>}
    </span>
  );
}
