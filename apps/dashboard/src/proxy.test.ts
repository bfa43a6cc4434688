import { expect, it } from 'vitest';
import { contentSecurityPolicy } from './proxy.ts';

it('lets scripts run by the nonce of the page alone, and nothing come from elsewhere', () => {
  const policy = contentSecurityPolicy('n0nce', false);
  expect(policy).toContain(`script-src 'self' 'nonce-n0nce' 'strict-dynamic'`);
  expect(policy).toContain(`frame-ancestors 'none'`);
  expect(policy.replace(`style-src-attr 'unsafe-inline'`, '')).not.toMatch(/unsafe|https?:|\*/);
});
