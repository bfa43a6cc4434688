import { defineProvider } from '../provider.ts';

/** https://console.groq.com/docs/openai: fields that the API refuses with a 400. */
export const groq = defineProvider({
  id: 'groq',
  name: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: { type: 'bearer' },
  speaks: { chat: { protocol: 'openai-chat', path: '/chat/completions' } },
  stopsOnCancel: false,
  quirks: {
    request: ({ logprobs: _logprobs, top_logprobs: _topLogprobs, logit_bias: _logitBias, ...body }) =>
      body['n'] === undefined || body['n'] === null || body['n'] === 1 ? body : { ...body, n: 1 },
  },
});
