import type { ProtocolName } from '@turnpike/core/inference/request';

import type { Protocol } from '../protocol.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiEmbeddings } from './openai-embeddings/index.ts';

/** Every wire format by its name: a new one is a folder and a line here. */
const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  'openai-chat': openaiChat,
  'anthropic-messages': anthropicMessages,
  'openai-embeddings': openaiEmbeddings,
};

/** The protocol of a name. */
export function findProtocol(name: ProtocolName): Protocol {
  return protocols[name];
}
