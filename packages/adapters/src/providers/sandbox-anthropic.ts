import { defineProvider } from '../provider.ts';

/** The sandbox in its other dialect, on the same server. */
export const sandboxAnthropic = defineProvider({
  id: 'sandbox-anthropic',
  name: 'Sandbox (Anthropic dialect)',
  baseUrl: 'http://127.0.0.1:4010/v1',
  auth: { type: 'header', name: 'x-api-key' },
  headers: { 'anthropic-version': '2023-06-01' },
  speaks: { chat: { protocol: 'anthropic-messages', path: '/messages' } },
  stopsOnCancel: true,
  isSandbox: true,
});
