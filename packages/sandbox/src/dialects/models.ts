import type { Answer, Call } from '../answer.ts';
import { wholeAnswer } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';
import { isUnknownModel } from '../vendor.ts';
import type { Vendor } from '../vendor.ts';
import { anthropic } from '../vendors/anthropic.ts';
import { openai } from '../vendors/openai.ts';

/** The models that the sandbox lists. It serves any other name as well. */
const models = ['sandbox-chat', 'sandbox-mini', 'sandbox-reasoner', 'sandbox-messages', 'sandbox-embedding'] as const;
/** 1 January 2026. */
const createdSeconds = 1_767_225_600;

function openaiModel(id: string): object {
  return { id, object: 'model', created: createdSeconds, owned_by: 'sandbox' };
}

function anthropicModel(id: string): object {
  const created = new Date(createdSeconds * 1000).toISOString().replace('.000', '');
  return { type: 'model', id, display_name: id, created_at: created, max_input_tokens: 1_000_000, max_tokens: 128_000 };
}

function endpointOf(vendor: Vendor, path: RegExp, body: (call: Call) => object): Endpoint {
  const facts = { dialect: `${vendor.name}-models`, model: null, isStream: false, usage: null, generatedTokens: 0 };
  return {
    dialect: facts.dialect,
    method: 'GET',
    path,
    vendor,
    answer(call, _owner, requestId): Answer {
      const headers = { 'content-type': 'application/json', ...vendor.answerHeaders(requestId, '') };
      return wholeAnswer(200, headers, JSON.stringify(body(call)), facts);
    },
  };
}

function modelOf(call: Call): string {
  const id = decodeURIComponent(call.path.slice(call.path.indexOf('/models/') + '/models/'.length));
  if (isUnknownModel(id)) throw new Refusal('not_found', '', { param: 'model' });
  return id;
}

/** Lists and single models, as either vendor shows them. */
export const modelEndpoints: readonly Endpoint[] = [
  endpointOf(anthropic, /\/models$/, () => ({
    data: models.map(anthropicModel),
    first_id: models[0],
    has_more: false,
    last_id: models.at(-1),
  })),
  endpointOf(anthropic, /\/models\/[^/].*$/, (call) => anthropicModel(modelOf(call))),
  endpointOf(openai, /\/models$/, () => ({ object: 'list', data: models.map(openaiModel) })),
  endpointOf(openai, /\/models\/[^/].*$/, (call) => openaiModel(modelOf(call))),
];
