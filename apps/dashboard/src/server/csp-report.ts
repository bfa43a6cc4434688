import { z } from 'zod';

/** What Chromium and Firefox send to `report-uri`; all else in it is ignored. */
const reportSchema = z.object({
  'csp-report': z.object({
    'document-uri': z.string().max(2_048),
    'violated-directive': z.string().max(512),
    'blocked-uri': z.string().max(2_048).default(''),
  }),
});

/** Facts of a report that may stand in a log: paths and hosts, never a query, which may hold a filter of somebody. */
export interface Violation {
  readonly route: string;
  readonly reason: string;
  readonly host: string;
}

/** Reads a report; undefined for anything that is none. */
export function violationOf(text: string): Violation | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = reportSchema.safeParse(body);
  if (!parsed.success) {
    return undefined;
  }
  const report = parsed.data['csp-report'];
  const blocked = URL.parse(report['blocked-uri']);
  return {
    route: URL.parse(report['document-uri'])?.pathname ?? 'unknown',
    reason: report['violated-directive'],
    host: blocked === null ? report['blocked-uri'].slice(0, 64) : blocked.host,
  };
}

const windowMs = 60_000;
const reportsPerWindow = 60;

/** Says yes to so many reports a minute: anybody can send them, and a log must not fill with them. */
export function createReportGate(nowMs: () => number): () => boolean {
  let windowEndsMs = 0;
  let count = 0;
  return () => {
    if (nowMs() >= windowEndsMs) {
      windowEndsMs = nowMs() + windowMs;
      count = 0;
    }
    count += 1;
    return count <= reportsPerWindow;
  };
}
