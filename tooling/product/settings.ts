import type { Supervisor } from '../process/supervisor.ts';

/** Where each part listens, all on the loopback interface. */
export interface ProductPorts {
  readonly gateway: number;
  readonly control: number;
  readonly worker: number;
  readonly dashboard: number;
  readonly sandbox: number;
}

/** `built`: what ships. `development`: the dashboard is Next's development server, which builds pages as they are asked for. */
export type ProductMode = 'built' | 'development';

/** What a running product is made of, apart from the code. */
export interface ProductSettings {
  /** Data, secrets, spool and demo facts. */
  readonly folder: string;
  readonly logFolder: string;
  readonly ports: ProductPorts;
  /** Settings of the person who starts it: provider keys, LOG_LEVEL, and so on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** False only for tests. */
  readonly isDurable: boolean;
  readonly mode: ProductMode;
  readonly supervisor: Supervisor;
  /** Runs one step of the start under a line with its seconds. */
  readonly step: <Result>(label: string, work: (note: (text: string) => void) => Promise<Result>) => Promise<Result>;
}

/** What a person or a test needs to use the running product; `.local/state.json` holds the same. */
export interface ProductState {
  readonly gatewayUrl: string;
  readonly dashboardUrl: string;
  readonly sandboxUrl: string;
  readonly demo: DemoFacts;
}

/** The demo organization, as the seed made it. */
export interface DemoFacts {
  readonly email: string;
  readonly password: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly apiKey: string;
  readonly testKey: string;
  readonly managementKey: string;
}

const demoNames: readonly (keyof DemoFacts)[] = [
  'email',
  'password',
  'organizationId',
  'projectId',
  'apiKey',
  'testKey',
  'managementKey',
];

/** Whether a value read from the seed's output is complete. */
export function isDemoFacts(value: unknown): value is DemoFacts {
  return (
    typeof value === 'object' &&
    value !== null &&
    demoNames.every((name) => typeof Reflect.get(value, name) === 'string')
  );
}
