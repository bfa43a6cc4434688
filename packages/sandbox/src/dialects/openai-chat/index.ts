import type { ChatDialect } from '../../chat-endpoint.ts';
import { Refusal } from '../../refusal.ts';
import { openai } from '../../vendors/openai.ts';
import { renderChat } from './render.ts';
import { askOf, readChatRequest } from './request.ts';
import { chatFields } from './wire.ts';

/** OpenAI's chat completions, under whatever prefix a base URL puts before them. */
export const openaiChat: ChatDialect = {
  name: 'openai-chat',
  path: /\/chat\/completions$/,
  vendor: openai,
  caching: 'automatic',
  streamType: 'text/event-stream; charset=utf-8',
  notJson:
    'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.',
  read(body, model) {
    const request = readChatRequest(body, model);
    return {
      ask: askOf(request, model),
      unknownFields: Object.keys(body).filter((name) => !chatFields.has(name)),
      render: (script, context) => renderChat(request, script, context),
    };
  },
  refuseUnknownField: (name) =>
    new Refusal('invalid_request', `Unknown parameter: '${name}'.`, { param: name, code: 'unknown_parameter' }),
  refuseOverflow(prompt, output, window) {
    const start = `This model's maximum context length is ${window} tokens. However, `;
    const message =
      prompt > window
        ? `${start}your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`
        : `${start}you requested ${prompt + output} tokens (${prompt} in the messages, ${output} in the completion). Please reduce the length of the messages or completion.`;
    return new Refusal('context_length', message, { param: 'messages' });
  },
};
