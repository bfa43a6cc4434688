import type { InferenceResponse } from '@turnpike/core/inference/response';

import { utf8Length } from '../framing/bytes.ts';
import type { AnswerFacts } from '../lane.ts';

/** What a whole canonical answer says to the meter. */
export function factsOfResponse(response: InferenceResponse): AnswerFacts {
  const [first] = response.choices;
  let outputBytes = 0;
  for (const part of response.choices.flatMap((choice) => choice.parts)) {
    outputBytes += part.type === 'native' ? 0 : utf8Length(part.type === 'tool-call' ? part.arguments : part.text);
  }
  return {
    usage: response.usage,
    isUsageFinal: response.usage !== undefined,
    finishReason: first?.nativeFinishReason === '' ? undefined : first?.finishReason,
    nativeFinishReason: first?.nativeFinishReason === '' ? undefined : first?.nativeFinishReason,
    outputBytes,
  };
}
