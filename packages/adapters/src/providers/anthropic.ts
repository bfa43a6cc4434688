import { defineProvider } from '../provider.ts';

/** https://docs.anthropic.com/en/api/overview */
export const anthropic = defineProvider({
  id: 'anthropic',
  name: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  auth: { type: 'header', name: 'x-api-key' },
  headers: { 'anthropic-version': '2023-06-01' },
  speaks: { chat: { protocol: 'anthropic-messages', path: '/messages' } },
  stopsOnCancel: true,
});
