import { GatewayError } from '@turnpike/core/errors';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger, type Logger } from './logger.ts';

const lineSchema = z.record(z.string(), z.unknown());

function capture(level: 'debug' | 'info' = 'debug'): {
  logger: Logger;
  lines: string[];
  last: () => Record<string, unknown>;
} {
  const lines: string[] = [];
  const logger = createLogger({ level, service: 'test', destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, last: () => lineSchema.parse(JSON.parse(lines.at(-1) ?? '')) };
}

describe('createLogger', () => {
  test('writes one JSON line with level, service and the request id of its child', () => {
    const { logger, last } = capture();
    logger.child({ requestId: 'req_1' }).info({ status: 200, durationMs: 12.5 }, 'Call ended.');
    expect(last()).toMatchObject({
      level: 'info',
      service: 'test',
      requestId: 'req_1',
      status: 200,
      durationMs: 12.5,
      message: 'Call ended.',
    });
  });

  test('drops fields that are not on the list, in lines and in children', () => {
    const { logger, lines } = capture();
    const leaky = { status: 200, authorization: 'canary-1', body: { prompt: 'canary-2' } };
    const nested = { route: { path: 'canary-3' } };
    logger.child(leaky).info(leaky, 'Call ended.');
    logger.info(JSON.parse(JSON.stringify(nested)), 'Call ended.');
    expect(lines.join('')).not.toContain('canary');
  });

  test('keeps line breaks and control characters of a value inside one line', () => {
    const { logger, lines, last } = capture();
    logger.info({ model: 'x\r\n{"level":"fatal"}\u001b[31m\u2028' }, 'Call ended.');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\r\n]|\p{Cc}/u);
    expect(last()).toMatchObject({ level: 'info', model: 'x\r\n{"level":"fatal"}\u001b[31m\u2028' });
  });

  test('writes amounts exactly and cuts long texts', () => {
    const { logger, last } = capture();
    logger.info({ count: 2n ** 60n, reason: 'r'.repeat(10_000) }, 'Posted.');
    expect(last()).toMatchObject({ count: '1152921504606846976' });
    expect(String(last()['reason']).length).toBeLessThan(600);
  });

  test('says code, blame and cause of our own errors, and a stack only where we are to blame', () => {
    const { logger, last } = capture();
    const cause = new Error('socket closed');
    logger.warn({ error: new GatewayError('rate_limit_exceeded', 'Slow down.', { cause }) }, 'Refused.');
    expect(last()['error']).toStrictEqual({
      name: 'GatewayError',
      code: 'rate_limit_exceeded',
      message: 'Slow down.',
      blame: 'account',
      cause: { name: 'Error', message: 'socket closed' },
    });
    logger.error({ error: new GatewayError('internal', 'Ours.', { detail: { attempts: 2 } }) }, 'Failed.');
    expect(last()['error']).toMatchObject({ blame: 'gateway', detail: '{"attempts":2}', stack: expect.any(String) });
    logger.error({ error: new TypeError('x is undefined') }, 'Failed.');
    expect(last()['error']).toMatchObject({ name: 'TypeError', stack: expect.stringContaining('logger.test') });
    logger.error({ error: { password: 'canary' } }, 'Failed.');
    expect(last()['error']).toStrictEqual({ name: 'NotAnError', message: 'A value of type object was thrown.' });
  });

  test('writes only code, message and cause of an error, never its other fields', () => {
    const { logger, lines } = capture();
    const error = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      headers: { authorization: 'canary' },
      body: 'canary',
    });
    logger.error({ error }, 'Failed.');
    expect(lines.join('')).not.toContain('canary');
    expect(lines.join('')).toContain('"code":"ECONNREFUSED"');
  });

  test('takes credentials out of messages that repeat them', () => {
    const { logger, lines } = capture();
    for (const text of [
      'Incorrect API key provided: sk-canary-1234567890.',
      'Authorization: Bearer canary.canary.canary was refused',
      'connect redis://user:canary@127.0.0.1:6379 failed',
      'key AIzacanarycanarycanary and gsk_canarycanary and whsec_canarycanary',
    ]) {
      logger.error({ reason: text, error: new Error(text) }, 'Failed.');
    }
    expect(lines.join('')).not.toContain('canary');
  });

  test('writes nothing below its level', () => {
    const { logger, lines } = capture('info');
    logger.debug({ status: 1 }, 'Not written.');
    expect(lines).toHaveLength(0);
    expect([logger.isEnabled('debug'), logger.isEnabled('warn')]).toStrictEqual([false, true]);
  });
});
