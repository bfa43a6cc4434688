import { parseUsd } from '@turnpike/core/money';
import type { NanoUsd } from '@turnpike/core/money';
import { isHttps } from '@turnpike/contracts/session-cookie';
import { ConfigError, defineEnvFragment } from '@turnpike/platform/config/define-config';
import { envVariable, flag, oneOf, url } from '@turnpike/platform/config/env-variable';
import { z } from 'zod';
import { isLoopback } from './http/forgery-check.ts';

/** Postgres itself refuses to grant more (function app.grant_trial_credit). */
const maxTrialCredit = parseUsd('100');

/** What the management API needs beside its connections. */
export const controlPlaneEnv = defineEnvFragment('Control plane', {
  publicUrl: envVariable('PUBLIC_URL', {
    description: 'Address under which people open the dashboard; requests that change something must come from it.',
    schema: url('http:', 'https:'),
    default: 'http://localhost:3000',
  }),
  allowsInsecureHttp: envVariable('ALLOW_INSECURE_HTTP', {
    description: 'Whether PUBLIC_URL may be plain http on a host that is not this machine: passwords travel readable.',
    schema: flag(),
    default: 'false',
  }),
  signUpMode: envVariable('SIGNUP_MODE', {
    description: 'open: anybody may sign up. closed: nobody.',
    schema: oneOf('open', 'closed'),
    default: 'open',
  }),
  trialCreditNanoUsd: envVariable('TRIAL_CREDIT_USD', {
    description: 'US dollars that a new organization gets to try the product, from 0 to 100.',
    schema: trialCredit(),
    default: '5',
  }),
});

export type ControlPlaneEnv = z.output<typeof controlPlaneEnv>;

/** Refuses an address over which cookies and passwords would travel readable. Throws ConfigError. */
export function assertSecurePublicUrl({
  publicUrl,
  allowsInsecureHttp,
}: Pick<ControlPlaneEnv, 'publicUrl' | 'allowsInsecureHttp'>): void {
  if (!isHttps(publicUrl) && !isLoopback(new URL(publicUrl).hostname) && !allowsInsecureHttp) {
    throw new ConfigError([
      'PUBLIC_URL must be https for a host that is not this machine, or ALLOW_INSECURE_HTTP must be true.',
    ]);
  }
}

function trialCredit(): z.ZodType<NanoUsd, string> {
  const message = 'must be an amount of dollars from 0 to 100, such as 5 or 2.50';
  return z
    .string()
    .regex(/^\d{1,3}(\.\d{1,9})?$/, message)
    .transform(parseUsd)
    .refine((amount) => amount <= maxTrialCredit, message);
}
