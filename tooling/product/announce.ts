import type { ProductState } from './settings.ts';

export interface Announcement {
  readonly state: ProductState;
  /** Ids of providers that have a key, such as `openai`. */
  readonly liveProviders: readonly string[];
  readonly redisIsStandIn: boolean;
  readonly logFolder: string;
  /** From the first line to now, in seconds. */
  readonly seconds: number;
}

/** A model that every installation has: in the catalogue, small, and served by the sandbox when nobody else does. */
export const exampleModel = 'openai/gpt-5.4-mini';

/** One line that works as it is printed, in any shell of Linux and macOS. */
export function curlLine(state: ProductState): string {
  const body = JSON.stringify({ model: exampleModel, messages: [{ role: 'user', content: 'Say hello.' }] });
  return `curl ${state.gatewayUrl}/v1/chat/completions -H 'Authorization: Bearer ${state.demo.apiKey}' -H 'Content-Type: application/json' -d '${body}'`;
}

function whoServes(liveProviders: readonly string[]): string {
  if (liveProviders.length === 0) {
    return 'Models are served by the sandbox: no provider key is in the environment. Set OPENAI_API_KEY, ANTHROPIC_API_KEY, … and start again to make providers live.';
  }
  return `Live: ${liveProviders.join(', ')}. Models of all other providers are served by the sandbox.`;
}

/** The block that ends a start. */
export function announcement({ state, liveProviders, redisIsStandIn, logFolder, seconds }: Announcement): string {
  const lines = [
    '',
    `  Turnpike is ready (${seconds} s).`,
    '',
    `  Dashboard   ${state.dashboardUrl}`,
    `  Sign in     ${state.demo.email}  ${state.demo.password}`,
    `  Gateway     ${state.gatewayUrl}/v1`,
    `  API key     ${state.demo.apiKey}`,
    '',
    `  ${curlLine(state)}`,
    '',
    `  ${whoServes(liveProviders)}`,
    ...(redisIsStandIn
      ? [
          '  Redis is a stand-in in JavaScript: slow, and it forgets queues and holds when it stops. Install redis-server.',
        ]
      : []),
    `  Logs are in ${logFolder}. Ctrl-C stops everything; the data is kept.`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}
