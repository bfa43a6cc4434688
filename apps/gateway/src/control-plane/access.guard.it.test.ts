import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createSilentLogger } from '@turnpike/platform/log/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicUrl, startControlHarness } from '../testing/control-harness.ts';
import type { ControlHarness } from '../testing/control-harness.ts';
import { ControlPlaneModule } from './control-plane.module.ts';

/** What somebody writes who forgets to say which operation a handler implements. */
@Controller()
class ForgetfulController {
  @Get('/api/forgotten')
  forgotten(): { readonly secret: string } {
    return { secret: 'everything' };
  }
}

let harness: ControlHarness;

beforeAll(async () => {
  harness = await startControlHarness();
});

afterAll(() => harness.close());

describe('AccessGuard', () => {
  it('refuses a handler that names no operation to everybody', async () => {
    const { services } = harness;
    const config = { publicUrl, allowsInsecureHttp: false };

    @Module({
      imports: [ControlPlaneModule.register({ config, services, logger: createSilentLogger() })],
      controllers: [ForgetfulController],
    })
    class ForgetfulModule {}

    const app = await NestFactory.create<NestFastifyApplication>(ForgetfulModule, new FastifyAdapter(), {
      logger: false,
    });
    await app.init();
    const answer = await app.getHttpAdapter().getInstance().inject('/api/forgotten');
    await app.close();
    expect([answer.statusCode, answer.body.includes('everything')]).toStrictEqual([403, false]);
  });

  it('lets one credential ask six hundred times a minute', async () => {
    const { client } = await harness.signUp();
    const statuses: number[] = [];
    for (let batch = 0; batch < 61; batch += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.request('GET', '/api/auth/me')));
      statuses.push(...answers.map(({ status }) => status));
    }
    const refused = statuses.filter((status) => status === 429).length;
    expect([statuses.length, refused, statuses.filter((status) => status === 200).length]).toStrictEqual([
      610, 10, 600,
    ]);
    harness.clock.advance(60_000);
    expect((await client.request('GET', '/api/auth/me')).status).toBe(200);
  });
});

describe('the figures of the management API', () => {
  it('count requests by operation and status, and never by what callers choose', async () => {
    const { client, organizationId } = await harness.signUp();
    await client.request('GET', `/api/organizations/${organizationId}`);
    await client.request('GET', '/api/nothing/of-the-kind');
    const metrics = await harness.telemetry.render();
    expect(metrics).toMatch(
      /control_requests_total\{method="GET",route="\/api\/organizations\/\{organizationId\}",status="200"\} 1/,
    );
    expect(metrics).toMatch(/control_requests_total\{method="GET",route="other",status="404"\} 1/);
    expect(metrics).not.toContain(organizationId);
  });
});
