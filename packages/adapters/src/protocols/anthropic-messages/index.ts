import { encodeText } from '../../framing/bytes.ts';
import type { ChatProtocol } from '../../protocol.ts';
import { parseError, renderError } from './error.ts';
import { MessagesRelayTap } from './relay-tap.ts';
import { relayRules } from './relay.ts';
import { renderRequest } from './render-request.ts';
import { readRequestFacts } from './request-facts.ts';
import { parseRequest } from './request.ts';
import { parseResponse, renderResponse } from './response.ts';
import { renderEvent } from './stream-frames.ts';
import { MessagesStreamParser } from './stream-parser.ts';
import { MessagesStreamRenderer } from './stream-renderer.ts';

/** Messages, the format of Claude's API and of the agents that were built on it. */
export const anthropicMessages: ChatProtocol = {
  name: 'anthropic-messages',
  operation: 'chat',
  forwardedHeaders: ['anthropic-version', 'anthropic-beta'],
  readRequestFacts,
  parseRequest,
  renderRequest,
  parseResponse,
  renderResponse,
  createStreamParser: (hints) => new MessagesStreamParser(hints),
  createStreamRenderer: (options) => new MessagesStreamRenderer(options),
  createRelayTap: (options) => new MessagesRelayTap(options),
  parseError,
  renderError,
  relay: relayRules,
  keepAlive: encodeText(renderEvent('ping')),
};
