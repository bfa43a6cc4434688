import type { ProtocolName } from '@turnpike/core/inference/request';

import type { Protocol } from '../protocol.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiEmbeddings } from './openai-embeddings/index.ts';

/** Every wire format by its name: a new one is a folder and a line here. */
const protocols: Readonly<Partial<Record<ProtocolName, Protocol>>> = {
  'openai-chat': openaiChat,
  'openai-embeddings': openaiEmbeddings,
};

/** The protocol of a name. */
export function findProtocol(name: ProtocolName): Protocol {
  const protocol = protocols[name];
  if (protocol === undefined) {
    throw new TypeError(`No protocol ${name}.`);
  }
  return protocol;
}
