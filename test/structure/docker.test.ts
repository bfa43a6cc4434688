import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';

import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly networks?: { readonly default?: { readonly ipv4_address?: string } };
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

function isCompose(value: unknown): value is {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
  networks: { default: { ipam: { config: { subnet: string; gateway: string; ip_range: string }[] } } };
} {
  return ['services', 'volumes', 'networks'].every(
    (name) => typeof value === 'object' && value !== null && name in value,
  );
}

const compose: unknown = parse(read('docker-compose.yml'), { merge: true });
if (!isCompose(compose)) throw new Error('docker-compose.yml has no services.');
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('has every part of the product', () => {
    const parts = ['postgres', 'redis', 'migrate', 'sandbox', 'gateway', 'control', 'worker', 'dashboard'];
    expect(services.map(([name]) => name).sort()).toEqual(parts.sort());
  });

  it.each(services)('%s names only files, services and volumes that exist', (_name, service) => {
    if (service.build !== undefined) {
      expect(statSync(join(root, service.build.context)).isDirectory()).toBe(true);
      expect(existsSync(join(root, service.build.dockerfile))).toBe(true);
    }
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(join(root, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    for (const dependency of Object.keys(service.depends_on ?? {}))
      expect(Object.keys(compose.services)).toContain(dependency);
    const hosts = [...JSON.stringify(service.environment ?? {}).matchAll(/(?:@|http:\/\/)([a-z]+):\d+/g)].map(
      (match) => match[1],
    );
    for (const host of hosts.filter((name) => name !== 'localhost'))
      expect(Object.keys(compose.services)).toContain(host);
  });

  it.each(services)('%s can tell whether it is healthy, if others wait for that', (name, service) => {
    const isAwaited = services.some(([, other]) => other.depends_on?.[name]?.condition === 'service_healthy');
    const dockerfile = service.build === undefined ? '' : read(service.build.dockerfile);
    const isChecked = service.healthcheck?.test !== undefined || dockerfile.includes('HEALTHCHECK');
    expect(!isAwaited || (isChecked && service.healthcheck?.disable !== true)).toBe(true);
  });

  it('lets control and gateway believe the visitors’ addresses of the dashboard and of this host alone', () => {
    const [network] = compose.networks.default.ipam.config;
    const dashboard = compose.services['dashboard']?.networks?.default?.ipv4_address ?? 'none';
    const addresses = new BlockList();
    const [base = '', prefix] = network?.subnet.split('/') ?? [];
    addresses.addSubnet(base, Number(prefix));
    const given = new BlockList();
    const [from = '', bits] = network?.ip_range.split('/') ?? [];
    given.addSubnet(from, Number(bits));
    expect([addresses.check(dashboard), given.check(dashboard)]).toEqual([true, false]);
    for (const [name, variable] of [
      ['control', 'CONTROL_TRUSTED_PROXIES'],
      ['gateway', 'GATEWAY_TRUSTED_PROXIES'],
    ] as const) {
      const trusted = /:-(.+)\}$/.exec(compose.services[name]?.environment?.[variable] ?? '')?.[1]?.split(',');
      expect(trusted, name).toEqual([network?.gateway, dashboard]);
    }
    const published = services.flatMap(([, service]) => service.ports ?? []);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('runs the Redis and the Postgres that production needs', () => {
    expect(compose.services['postgres']?.image).toBe('postgres:18');
    expect(compose.services['redis']?.image).toBe('redis:8');
    expect(read('infra/redis/redis.conf')).toMatch(/^maxmemory-policy noeviction$/m);
    expect(read('infra/redis/redis.conf')).toMatch(/^appendonly yes$/m);
  });

  it('asks for no secret that make-env.sh does not make, and holds none itself', () => {
    const asked = new Set([...read('docker-compose.yml').matchAll(/\$\{(\w+):\?/g)].map((match) => match[1] ?? ''));
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-env-'));
    try {
      mkdirSync(join(folder, 'infra', 'docker'), { recursive: true });
      cpSync(join(root, 'infra/docker/make-env.sh'), join(folder, 'infra/docker/make-env.sh'));
      execFileSync('sh', [join(folder, 'infra/docker/make-env.sh')]);
      const made = Object.fromEntries(
        readFileSync(join(folder, '.env'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split('=', 2)),
      );
      expect([...asked].filter((name) => !/^[0-9a-f]{64}$/.test(String(made[name])))).toEqual([]);
      expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('migrate.Dockerfile', () => {
  const text = read('infra/docker/migrate.Dockerfile');

  it('runs as a user without rights, on Node 24', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^\nFROM node:24-/);
    expect(last).toMatch(/^USER node$/m);
  });

  it('starts programs that exist', () => {
    const scripts = [...text.matchAll(/--conditions=@turnpike\/source (\S+\.ts)/g)].map((match) => match[1] ?? '');
    expect(scripts.length).toBe(2);
    expect(scripts.filter((script) => !existsSync(join(root, script)))).toEqual([]);
  });

  it('prunes to a package that exists', () => {
    expect(read('prisma/package.json')).toContain(`"name": "${/turbo prune (\S+)/.exec(text)?.[1]}"`);
  });
});

const dockerfiles = ['gateway', 'worker', 'dashboard', 'sandbox'].map(
  (app) => [app, read(`infra/docker/${app}.Dockerfile`)] as const,
);

describe.each(dockerfiles)('%s.Dockerfile', (_app, text) => {
  it('runs as a user without rights, on Node 24, with a health check', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^\nFROM node:24-/);
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
  });

  it('installs the versions that the repository uses', () => {
    const manifest: unknown = JSON.parse(read('package.json'));
    expect(manifest).toMatchObject({
      packageManager: `pnpm@${/pnpm@([\d.]+)/.exec(text)?.[1]}`,
      devDependencies: { turbo: /turbo@([\d.]+)/.exec(text)?.[1] },
    });
  });

  it('builds a package that exists, and copies and starts files that exist or that its build makes', () => {
    const filter = /--filter=(\S+)/.exec(text)?.[1] ?? '';
    const folder = [`apps/${filter.slice(10)}`, `packages/${filter.slice(10)}`].find((path) =>
      existsSync(join(root, path, 'package.json')),
    );
    expect(folder).toBeDefined();
    for (const match of text.matchAll(/^COPY (?!--from)(\S+) /gm))
      expect(existsSync(join(root, match[1] ?? '')), match[1]).toBe(true);
    const script = /CMD \["node", "--enable-source-maps", "([^"]+)"\]/.exec(text)?.[1] ?? '';
    // What runs is built from a main.ts, except for Next's own server.
    const source = script.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    expect(script === 'apps/dashboard/server.js' || existsSync(join(root, source)), script).toBe(true);
  });
});
