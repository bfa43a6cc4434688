import type { ChatDialect } from '../../chat-endpoint.ts';
import { Refusal } from '../../refusal.ts';
import { anthropic } from '../../vendors/anthropic.ts';
import { renderMessage } from './render.ts';
import { askOf, readMessagesRequest } from './request.ts';
import { messagesFields } from './wire.ts';

/** Anthropic's messages. */
export const anthropicMessages: ChatDialect = {
  name: 'anthropic-messages',
  path: /\/messages$/,
  vendor: anthropic,
  caching: 'breakpoints',
  streamType: 'text/event-stream; charset=utf-8',
  notJson: 'The request body is not valid JSON: expected a value at line 1 column 1',
  read(body, model) {
    const request = readMessagesRequest(body);
    return {
      ask: askOf(request, model),
      unknownFields: Object.keys(body).filter((name) => !messagesFields.has(name)),
      render: (script, context) => renderMessage(request, script, context),
    };
  },
  refuseUnknownField: (name) => new Refusal('invalid_request', `${name}: Extra inputs are not permitted`),
  refuseOverflow(prompt, output, window) {
    const message =
      prompt > window
        ? `prompt is too long: ${prompt} tokens > ${window} maximum`
        : `input length and \`max_tokens\` exceed context limit: ${prompt} + ${output} > ${window}, decrease input length or \`max_tokens\` and try again`;
    return new Refusal('context_length', message);
  },
};
