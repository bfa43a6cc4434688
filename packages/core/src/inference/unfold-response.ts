import type { AnswerPart, InferenceResponse } from './response.ts';
import type { StreamEvent } from './stream.ts';

/** The events of a stream that says the same as a whole answer; `foldStream` takes them back. */
export function unfoldResponse(response: InferenceResponse): readonly StreamEvent[] {
  const events: StreamEvent[] = [
    {
      type: 'message-start',
      id: response.id,
      model: response.model,
      ...(response.createdAtSeconds === undefined ? {} : { createdAtSeconds: response.createdAtSeconds }),
    },
  ];
  for (const [index, choice] of response.choices.entries()) {
    let callIndex = 0;
    for (const part of choice.parts) {
      events.push(...eventsOfPart(part, index, callIndex));
      callIndex += part.type === 'tool-call' ? 1 : 0;
    }
    if (choice.logprobs !== undefined) {
      events.push({ type: 'logprobs', choice: index, logprobs: choice.logprobs });
    }
    events.push({
      type: 'choice-end',
      choice: index,
      finishReason: choice.finishReason,
      nativeFinishReason: choice.nativeFinishReason,
      ...(choice.stopSequence === undefined ? {} : { stopSequence: choice.stopSequence }),
    });
  }
  if (response.usage !== undefined) {
    events.push({ type: 'usage', usage: response.usage });
  }
  events.push({
    type: 'message-end',
    ...(response.serviceTier === undefined ? {} : { serviceTier: response.serviceTier }),
    ...(response.systemFingerprint === undefined ? {} : { systemFingerprint: response.systemFingerprint }),
  });
  return events;
}

function eventsOfPart(part: AnswerPart, choice: number, callIndex: number): readonly StreamEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-delta', choice, text: part.text },
        ...(part.citations ?? []).map((citation): StreamEvent => ({ type: 'citation', choice, citation })),
      ];
    case 'refusal':
      return [{ type: 'refusal-delta', choice, text: part.text }];
    case 'reasoning': {
      const { issuer } = part;
      if (part.redacted !== undefined) {
        return [{ type: 'reasoning-redacted', choice, data: part.redacted, issuer }];
      }
      const delta: StreamEvent = { type: 'reasoning-delta', choice, text: part.text, issuer };
      return part.signature === undefined
        ? [delta]
        : [delta, { type: 'reasoning-signature', choice, signature: part.signature, issuer }];
    }
    case 'tool-call':
      return [
        { type: 'tool-call-start', choice, index: callIndex, id: part.id, name: part.name, kind: part.kind },
        { type: 'tool-call-delta', choice, index: callIndex, arguments: part.arguments },
      ];
    case 'native':
      return [{ type: 'native', choice, protocol: part.protocol, payload: part.payload }];
  }
}
