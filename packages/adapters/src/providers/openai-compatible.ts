import { defineProvider } from '../provider.ts';

/** Any server that speaks the format: the operator brings the base URL. */
export const openaiCompatible = defineProvider({
  id: 'openai-compatible',
  name: 'OpenAI-compatible',
  baseUrl: 'http://127.0.0.1:11434/v1',
  auth: { type: 'bearer' },
  speaks: {
    chat: { protocol: 'openai-chat', path: '/chat/completions' },
    embeddings: { protocol: 'openai-embeddings', path: '/embeddings' },
  },
  // Servers that people run themselves free the slot when the connection closes.
  stopsOnCancel: true,
});
