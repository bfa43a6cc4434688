import { ConfigError, defineConfig } from '@turnpike/platform/config/define-config';
import { describe, expect, it } from 'vitest';
import { assertSecurePublicUrl, controlPlaneEnv } from './control-plane-env.ts';

const config = defineConfig({ control: controlPlaneEnv });

function problemsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('controlPlaneEnv', () => {
  it('lets a fresh clone start without any variable', () => {
    expect(config.parse({}).control).toStrictEqual({
      publicUrl: 'http://localhost:3000',
      allowsInsecureHttp: false,
      signUpMode: 'open',
      trialCreditNanoUsd: 5_000_000_000n,
    });
  });

  it.each(['100.000000001', '-1', '1e2', 'five', '101'])('refuses %s dollars of trial credit', (TRIAL_CREDIT_USD) => {
    expect(problemsOf(() => config.parse({ TRIAL_CREDIT_USD }))).toStrictEqual([
      'TRIAL_CREDIT_USD must be an amount of dollars from 0 to 100, such as 5 or 2.50.',
    ]);
  });
});

describe('assertSecurePublicUrl', () => {
  it.each([
    ['https://turnpike.example', false, 0],
    ['http://localhost:3000', false, 0],
    ['http://127.0.0.1:3000', false, 0],
    ['http://[::1]:3000', false, 0],
    ['http://turnpike.example', true, 0],
    ['http://turnpike.example', false, 1],
    ['http://192.168.1.5:3000', false, 1],
    ['http://localhost.example', false, 1],
  ])('finds in %s with ALLOW_INSECURE_HTTP=%s so many problems: %i', (publicUrl, allowsInsecureHttp, problems) => {
    expect(problemsOf(() => assertSecurePublicUrl({ publicUrl, allowsInsecureHttp }))).toHaveLength(problems);
  });
});
