import { defineProvider } from '../provider.ts';

/** Our own provider for first runs and tests; it answers on the wire like real ones and is never billed. */
export const sandbox = defineProvider({
  id: 'sandbox',
  name: 'Sandbox',
  baseUrl: 'http://127.0.0.1:4010/v1',
  auth: { type: 'bearer' },
  speaks: {
    chat: { protocol: 'openai-chat', path: '/chat/completions' },
    embeddings: { protocol: 'openai-embeddings', path: '/embeddings' },
  },
  stopsOnCancel: true,
  isSandbox: true,
});
