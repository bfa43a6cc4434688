import type { ProviderDefinition } from './provider.ts';
import { anthropic } from './providers/anthropic.ts';
import { groq } from './providers/groq.ts';
import { openaiCompatible } from './providers/openai-compatible.ts';
import { openai } from './providers/openai.ts';
import { sandboxAnthropic } from './providers/sandbox-anthropic.ts';
import { sandbox } from './providers/sandbox.ts';

/** Every provider that we know how to talk to: a new one is a file and a line here. */
export const providers: readonly ProviderDefinition[] = [
  anthropic,
  groq,
  openai,
  openaiCompatible,
  sandbox,
  sandboxAnthropic,
];

const byId: ReadonlyMap<string, ProviderDefinition> = new Map(providers.map((provider) => [provider.id, provider]));

/** The provider of an id; undefined for one that we do not know. */
export function findProvider(id: string): ProviderDefinition | undefined {
  return byId.get(id);
}
