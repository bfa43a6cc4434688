import type { TargetSummary } from './summary.ts';

/** What one run found, ready to be printed. */
export interface Report {
  readonly direct: TargetSummary;
  readonly bare: TargetSummary;
  /** Absent when only the references were measured. */
  readonly gateway: TargetSummary | undefined;
  readonly fdatasyncP50Us: number;
  readonly manyStreams: number;
  /** How the gateway says it records usage. */
  readonly durability: string;
  readonly facts: readonly string[];
}

/** What the gateway shall reach on one core, relative to a bare Node proxy in the same run. */
interface Goal {
  readonly name: string;
  readonly measured: string;
  readonly wanted: string;
  readonly isMet: boolean;
}

function figure(value: number, digits = 0): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...body.map(line)].join('\n');
}

function figuresTable({ direct, bare, gateway, manyStreams }: Report): string {
  const row = (name: string, of: (summary: TargetSummary) => string, ofDirect = of) => [
    name,
    ofDirect(direct),
    of(bare),
    gateway === undefined ? '–' : of(gateway),
  ];
  const none = () => '–';
  return table([
    ['', 'upstream alone', 'bare Node proxy', 'gateway'],
    row('requests/s, 64 connections', (one) => figure(one.requestsPerSecond)),
    row('/ bare proxy', (one) => figure(one.ratioToBare, 2)),
    row('CPU µs per request', (one) => figure(one.cpuUsPerRequest), none),
    row('added p50 µs, one connection', (one) => figure(one.addedP50Us), none),
    row('added p99 µs, one connection', (one) => figure(one.addedP99Us), none),
    row('added time to first token ms, 100 streams', (one) => figure(one.addedFirstTokenMs, 2), none),
    row('CPU µs per chunk, 100 streams', (one) => figure(one.cpuUsPerChunk, 1), none),
    row(`CPU µs per chunk, ${manyStreams} streams`, (one) => figure(one.cpuUsPerChunkOfMany, 1), none),
    row('streams lost', (one) => String(one.lostStreams)),
    row('peak memory MB', (one) => figure(one.peakMb), none),
  ]);
}

function goalsOf({ bare, gateway, fdatasyncP50Us, manyStreams }: Report): readonly Goal[] {
  if (gateway === undefined) return [];
  const below = (name: string, measured: number, limit: number, unit: string, digits = 0): Goal => ({
    name,
    measured: `${figure(measured, digits)} ${unit}`,
    wanted: `≤ ${figure(limit, digits)} ${unit}`,
    isMet: measured <= limit,
  });
  return [
    {
      name: 'requests/s ≥ 0.3 × bare proxy',
      measured: figure(gateway.ratioToBare, 2),
      wanted: '≥ 0.30',
      isMet: gateway.ratioToBare >= 0.3,
    },
    below(
      'added p50 ≤ 1.5 × bare proxy + one fdatasync',
      gateway.addedP50Us,
      bare.addedP50Us * 1.5 + fdatasyncP50Us,
      'µs',
    ),
    below(
      'added time to first token ≤ 1.5 × bare proxy',
      gateway.addedFirstTokenMs,
      bare.addedFirstTokenMs * 1.5,
      'ms',
      2,
    ),
    below('CPU per chunk ≤ 1.4 × bare proxy', gateway.cpuUsPerChunk, bare.cpuUsPerChunk * 1.4, 'µs', 1),
    below(`streams lost of ${manyStreams} at once`, gateway.lostStreams, 0, ''),
    below('peak memory', gateway.peakMb, 250, 'MB'),
  ];
}

/** The run as Markdown: the figures, the goals and whether they were met, and what the figures were taken on. */
export function renderReport(report: Report): string {
  const goals = goalsOf(report);
  const goalRows = goals.map((goal) => [
    goal.name,
    goal.measured.trim(),
    goal.wanted.trim(),
    goal.isMet ? 'met' : 'missed',
  ]);
  return [
    figuresTable(report),
    ...(goals.length === 0 ? [] : [table([['goal on one core', 'measured', 'wanted', ''], ...goalRows])]),
    [
      ...(report.gateway === undefined ? [] : [`- Durability: ${report.durability}; limits on.`]),
      `- One append with fdatasync in the spool's folder: ${figure(report.fdatasyncP50Us)} µs (p50, same run).`,
      ...report.facts.map((fact) => `- ${fact}`),
    ].join('\n'),
  ].join('\n\n');
}
