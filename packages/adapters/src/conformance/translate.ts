import type { JsonObject } from '@turnpike/core/json';

import { decodeText } from '../framing/bytes.ts';
import { objectOf, tryParseJson } from '../loose.ts';
import { openLane } from '../open-lane.ts';
import type { ProviderDefinition } from '../provider.ts';
import { anthropic } from '../providers/anthropic.ts';
import { openaiCompatible } from '../providers/openai-compatible.ts';
import { contextFor } from './play.ts';

/** A provider's body and what was left out of it. */
export interface Translated {
  readonly body: JsonObject;
  readonly dropped: readonly string[];
}

/** What a provider of messages gets of a chat body. */
export function toMessages(body: JsonObject, upstreamModel = 'claude-sonnet-4-5'): Translated {
  return translate(
    'openai-chat',
    { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...body },
    anthropic,
    upstreamModel,
  );
}

/** What a provider of chat completions gets of a messages body. */
export function toChat(
  body: JsonObject,
  provider: ProviderDefinition = openaiCompatible,
  upstreamModel = 'm',
): Translated {
  const whole = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], ...body };
  return translate('anthropic-messages', whole, provider, upstreamModel);
}

function translate(
  clientProtocol: 'openai-chat' | 'anthropic-messages',
  body: JsonObject,
  provider: ProviderDefinition,
  upstreamModel: string,
): Translated {
  const lane = openLane(contextFor({ clientProtocol, clientBody: JSON.stringify(body), provider, upstreamModel }));
  return { body: objectOf(tryParseJson(decodeText(lane.request.body))), dropped: lane.droppedParams };
}
