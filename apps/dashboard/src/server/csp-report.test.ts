import { expect, it } from 'vitest';
import { createReportGate, violationOf } from './csp-report.ts';

const report = (fields: object): string => JSON.stringify({ 'csp-report': fields });

it('keeps the path, the directive and the host of a report, and drops every query', () => {
  expect(
    violationOf(
      report({
        'document-uri': 'https://turnpike.example/o/org_1?key=secret',
        'violated-directive': 'script-src-elem',
        'blocked-uri': 'https://evil.example/x.js?stolen=1',
      }),
    ),
  ).toEqual({ route: '/o/org_1', reason: 'script-src-elem', host: 'evil.example' });
});

it.each(['', '[]', '{"csp-report":{}}', 'not json', report({ 'document-uri': 1, 'violated-directive': 'x' })])(
  'takes %j for no report',
  (text) => {
    expect(violationOf(text)).toBeUndefined();
  },
);

it('lets a minute fill only so much of the log', () => {
  let now = 1_000;
  const mayLog = createReportGate(() => now);
  const answers = Array.from({ length: 100 }, () => mayLog());
  expect(answers.filter(Boolean)).toHaveLength(60);
  now += 60_000;
  expect(mayLog()).toBe(true);
});
