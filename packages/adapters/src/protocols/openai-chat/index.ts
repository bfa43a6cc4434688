import { encodeText } from '../../framing/bytes.ts';
import type { ChatProtocol } from '../../protocol.ts';
import { parseError, renderError } from './error.ts';
import { ChatRelayTap } from './relay-tap.ts';
import { relayRules } from './relay.ts';
import { readRequestFacts } from './request-facts.ts';
import { parseRequest } from './request.ts';
import { renderRequest } from './render-request.ts';
import { parseResponse, renderResponse } from './response.ts';
import { ChatStreamParser } from './stream-parser.ts';
import { ChatStreamRenderer } from './stream-renderer.ts';

/** Chat completions, the format that most of the field speaks. */
export const openaiChat: ChatProtocol = {
  name: 'openai-chat',
  operation: 'chat',
  forwardedHeaders: [],
  readRequestFacts,
  parseRequest,
  renderRequest,
  parseResponse: (body) => parseResponse(body),
  renderResponse,
  createStreamParser: () => new ChatStreamParser(),
  createStreamRenderer: (options) => new ChatStreamRenderer(options),
  createRelayTap: (options) => new ChatRelayTap(options),
  parseError,
  renderError,
  relay: relayRules,
  // A comment with one line end: with a blank line behind it, official clients see an empty event.
  keepAlive: encodeText(': keep-alive\n'),
};
