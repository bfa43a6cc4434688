import type { Snippet } from '#ui/code-tabs.tsx';

interface SnippetFacts {
  /** The gateway as callers reach it, without /v1. */
  readonly gatewayUrl: string;
  readonly apiKey: string;
  /** A chat model. */
  readonly model: string;
}

/** What every snippet asks, and what "Run it here" asks. */
export const snippetPrompt = 'Hello from three countries, please.';

/** The first call in five ways, ready to run: base URL, key and model are those of the reader. */
export function firstCallSnippets({ gatewayUrl, apiKey, model }: SnippetFacts): readonly Snippet[] {
  const base = gatewayUrl.replace(/\/+$/, '');
  return [
    {
      id: 'curl',
      label: 'curl',
      language: 'shell',
      code: `curl ${base}/v1/chat/completions \\
  -H "Authorization: Bearer ${apiKey}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "${model}",
    "messages": [
      { "role": "user", "content": "${snippetPrompt}" }
    ]
  }'`,
    },
    {
      id: 'python',
      label: 'Python',
      language: 'python',
      code: `from openai import OpenAI

client = OpenAI(
    base_url="${base}/v1",
    api_key="${apiKey}",
)

answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "${snippetPrompt}"}],
)
print(answer.choices[0].message.content)`,
    },
    {
      id: 'node',
      label: 'Node',
      language: 'javascript',
      code: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${base}/v1",
  apiKey: "${apiKey}",
});

const answer = await client.chat.completions.create({
  model: "${model}",
  messages: [{ role: "user", content: "${snippetPrompt}" }],
});
console.log(answer.choices[0].message.content);`,
    },
    {
      id: 'anthropic',
      label: 'Anthropic SDK',
      language: 'python',
      code: `from anthropic import Anthropic

client = Anthropic(
    base_url="${base}",
    api_key="${apiKey}",
)

answer = client.messages.create(
    model="${model}",
    max_tokens=256,
    messages=[{"role": "user", "content": "${snippetPrompt}"}],
)
print(answer.content[0].text)`,
    },
    {
      id: 'claude-code',
      label: 'Claude Code',
      language: 'shell',
      code: `export ANTHROPIC_BASE_URL="${base}"
export ANTHROPIC_AUTH_TOKEN="${apiKey}"
export ANTHROPIC_MODEL="${model}"

claude`,
    },
  ];
}
