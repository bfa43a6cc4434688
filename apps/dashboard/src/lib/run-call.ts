import { z } from 'zod';
import { ApiError, toApiError } from './api-error.ts';
import { readSseData } from './sse.ts';

/** The fields that we read of a streamed chat completion; everything else is the SDKs' business. */
const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).optional() })).default([]),
  error: z.object({ message: z.string(), code: z.union([z.string(), z.number()]).optional() }).optional(),
});

const refusalSchema = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().nullish(),
    metadata: z.object({ request_id: z.string().optional() }).optional(),
  }),
});

interface RunCallInput {
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
  /** Called with all the text so far whenever some more has come. */
  readonly onText: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface RunCallResult {
  readonly text: string;
  readonly requestId: string | undefined;
  readonly provider: string | undefined;
  readonly durationMs: number;
  readonly firstContentMs: number | undefined;
}

const maxOutputTokens = 120;

/**
 * Makes a streamed call with the reader's own key, as his program would, through the dashboard's door to the gateway.
 * Throws ApiError with the gateway's own code and words, also for an error within the stream.
 */
export async function runCall({ apiKey, model, prompt, onText, signal }: RunCallInput): Promise<RunCallResult> {
  const startedMs = performance.now();
  const response = await fetch('/v1/chat/completions', {
    method: 'POST',
    credentials: 'omit',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream: true,
      max_tokens: maxOutputTokens,
      messages: [{ role: 'user', content: prompt }],
    }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw toApiError(error);
  });
  if (!response.ok || response.body === null) {
    throw await refusalOf(response);
  }
  const requestId = response.headers.get('x-request-id') ?? undefined;
  let text = '';
  let firstContentMs: number | undefined;
  for await (const data of readSseData(response.body)) {
    if (data === '[DONE]') {
      continue;
    }
    const { choices, error } = chunkSchema.parse(JSON.parse(data));
    if (error !== undefined) {
      throw new ApiError({
        status: response.status,
        code: String(error.code ?? 'upstream_error'),
        message: error.message,
        requestId,
      });
    }
    const piece = choices[0]?.delta?.content ?? '';
    if (piece !== '') {
      firstContentMs ??= performance.now() - startedMs;
      text += piece;
      onText(text);
    }
  }
  return {
    text,
    requestId,
    provider: response.headers.get('x-gateway-provider') ?? undefined,
    durationMs: performance.now() - startedMs,
    firstContentMs,
  };
}

async function refusalOf(response: Response): Promise<ApiError> {
  const parsed = refusalSchema.safeParse(await response.json().catch(() => undefined));
  const { status } = response;
  return parsed.success
    ? new ApiError({
        status,
        code: parsed.data.error.code ?? 'refused',
        message: parsed.data.error.message,
        requestId: parsed.data.error.metadata?.request_id ?? response.headers.get('x-request-id') ?? undefined,
      })
    : new ApiError({
        status,
        code: 'unreadable',
        message: `The gateway answered with status ${status} and no explanation.`,
      });
}
