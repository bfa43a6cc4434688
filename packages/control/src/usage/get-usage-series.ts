import type { UsageSeriesQuery, UsageSeriesView } from '@turnpike/contracts/usage';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import { asId, renderId } from '@turnpike/core/ids';
import { zeroUsage } from '@turnpike/core/inference/usage';
import { zeroUsd } from '@turnpike/core/money';
import type { OrganizationReaders } from '@turnpike/db/tenant';
import type { CallScope } from '@turnpike/db/call-filter';
import type { UsagePoint } from '@turnpike/db/usage';
import type { ReadContext } from '../read-context.ts';
import { addTotals, renderTotals } from './render-totals.ts';
import { renderRange, toCallScope } from './usage-range.ts';

type SeriesGroup = UsageSeriesView['groups'][number];

/** A month by the hour is 744 points a group: more is unreadable. */
const maxHourlyRangeMs = 32 * 86_400_000;

/**
 * Usage by hour or day in UTC, in groups by charge, all beyond the top ones as one. Throws GatewayError
 * `access_denied`, `not_found` for a project outside the actor's reach, `invalid_request` for a range that makes no
 * sense or has too many hours.
 */
export async function getUsageSeries(
  { actor, readers, clock }: ReadContext,
  query: UsageSeriesQuery,
): Promise<UsageSeriesView> {
  assertMay(actor, 'usage.read', query.projectId);
  const nowMs = clock.nowMs();
  const scope = toCallScope(query, actor, nowMs);
  assertReadable(scope, query.interval);
  const { interval, groupBy, top } = query;
  const points = await readers.usage.series(scope, { interval, groupBy, top, timeZone: 'UTC' });
  const byKey = Map.groupBy(points, (point) => point.key);
  const labels = await findLabels(readers, groupBy, [...byKey.keys()]);
  const groups = [...byKey].map(([key, own]) => renderGroup(groupBy, key, own, labels));
  return { ...renderRange(scope, nowMs), interval, groupBy, groups: groups.sort(byCharge) };
}

function assertReadable({ fromMs, toMs }: CallScope, interval: UsageSeriesQuery['interval']): void {
  if (interval === 'hour' && toMs - fromMs > maxHourlyRangeMs) {
    throw new GatewayError('invalid_request', 'interval: Choose `day` for more than 32 days.', { param: 'interval' });
  }
}

function renderGroup(
  groupBy: UsageSeriesQuery['groupBy'],
  key: string | undefined,
  points: readonly UsagePoint[],
  labels: ReadonlyMap<string, string>,
): SeriesGroup {
  return {
    key: key === undefined ? null : borderKey(groupBy, key),
    label: key === undefined ? 'Other' : labelOf(groupBy, key, labels),
    totals: renderTotals(points.reduce(addTotals, noTotals)),
    points: points.map((point) => ({ at: new Date(point.atMs).toISOString(), totals: renderTotals(point) })),
  };
}

const noTotals: Parameters<typeof addTotals>[0] = {
  calls: 0,
  failedCalls: 0,
  usage: zeroUsage,
  chargeNanoUsd: zeroUsd,
};

function borderKey(groupBy: UsageSeriesQuery['groupBy'], key: string): string {
  switch (groupBy) {
    case 'none':
      return 'all';
    case 'apiKey':
      return renderId('apiKey', key);
    case 'project':
      return renderId('project', key);
    case 'model':
    case 'provider':
      return key;
    default:
      return groupBy satisfies never;
  }
}

function labelOf(groupBy: UsageSeriesQuery['groupBy'], key: string, labels: ReadonlyMap<string, string>): string {
  if (groupBy === 'none') {
    return 'All calls';
  }
  return labels.get(key) ?? (key === '' ? 'Unknown' : borderKey(groupBy, key));
}

/** Names of keys and projects; slugs and provider ids speak for themselves. */
async function findLabels(
  readers: OrganizationReaders,
  groupBy: UsageSeriesQuery['groupBy'],
  keys: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const ids = keys.filter((key) => key !== undefined && key !== '');
  if (groupBy === 'apiKey') {
    const found = await readers.apiKeys.findMany(ids.map((id) => asId<'apiKey'>(id ?? '')));
    return new Map(found.map(({ id, name }) => [id, name]));
  }
  if (groupBy === 'project') {
    const found = await readers.projects.list();
    return new Map(found.map(({ id, name }) => [id, name]));
  }
  return new Map();
}

/** The dearest first; everything beyond the top groups last, however much it is. */
function byCharge(left: SeriesGroup, right: SeriesGroup): number {
  if ((left.key === null) !== (right.key === null)) {
    return left.key === null ? 1 : -1;
  }
  const [leftCharge, rightCharge] = [BigInt(left.totals.chargeNanoUsd), BigInt(right.totals.chargeNanoUsd)];
  if (leftCharge === rightCharge) {
    return right.totals.calls - left.totals.calls;
  }
  return leftCharge < rightCharge ? 1 : -1;
}
