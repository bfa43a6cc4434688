import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Failure } from '../failure.ts';
import { freePort, nextFreePort, portHolder, portIsFree, requirePort, takenPortSentence } from './ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function occupy(host: string, port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(port, host, resolve);
  });
}

it.each(['127.0.0.1', '0.0.0.0', '::1'])('calls a port taken when something listens on %s', async (host) => {
  const port = await freePort();
  expect(await portIsFree(port)).toBe(true);
  await occupy(host, port);
  expect(await portIsFree(port)).toBe(false);
});

it('skips to the next port that is free', async () => {
  const port = await freePort();
  await occupy('127.0.0.1', port);
  expect(await nextFreePort(port)).toBeGreaterThan(port);
});

it('says in one sentence which port is taken, by whom, what it was for and how to choose another', async () => {
  const port = await freePort();
  await occupy('127.0.0.1', port);
  const failure = await requirePort(port, 'dashboard', 'DASHBOARD_PORT').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(String(failure)).toContain(`Port ${port}, which the dashboard needs, is taken by another program`);
  expect(String(failure)).toContain(`DASHBOARD_PORT=${port + 100} npm start`);
});

it.runIf(process.platform === 'linux')('names the process that holds a port', async () => {
  const port = await freePort();
  await occupy('127.0.0.1', port);
  expect(portHolder(port)).toContain(`process ${process.pid}`);
});

it('does without the holder where the system does not tell it', () => {
  expect(takenPortSentence(8080, 'gateway', 'GATEWAY_PORT', undefined)).toBe(
    'Port 8080, which the gateway needs, is taken by another program. Stop it, or choose another port: GATEWAY_PORT=8180 npm start',
  );
});
