import { describe, expect, test } from 'vitest';

import { contextFor } from './conformance/play.ts';
import { encodeText } from './framing/bytes.ts';
import { openLane } from './open-lane.ts';
import { isFailure } from './protocol.ts';
import { anthropic } from './providers/anthropic.ts';
import { openaiCompatible } from './providers/openai-compatible.ts';

const chatBody = '"messages":[{"role":"user","content":"x"}]';
const lanes = [
  ['openai-chat', openaiCompatible],
  ['anthropic-messages', openaiCompatible],
  ['openai-chat', anthropic],
  ['anthropic-messages', anthropic],
] as const;

const words = [
  ['end_turn', 'end_turn'],
  ['st\u0000op\n\u0085', 'stop'],
  ['a\ud800b"', 'ab"'],
  ['x'.repeat(100_000), 'x'.repeat(64)],
  [`${'x'.repeat(63)}🌍`, 'x'.repeat(63)],
  ['\u0000', undefined],
  ['', undefined],
] as const;
const cases = lanes.flatMap(([client, provider]) => words.map(([said, kept]) => ({ client, provider, said, kept })));

describe('a vendor’s own reason for stopping', () => {
  test.each(cases)(
    'from $provider.id to a client of $client is recorded as $kept',
    ({ client, provider, said, kept }) => {
      const clientBody = `{"model":"m","max_tokens":9,"stream":true,${chatBody}}`;
      const lane = openLane(contextFor({ clientProtocol: client, clientBody, provider }));
      const isChat = provider.speaks.chat?.protocol === 'openai-chat';
      const whole = isChat
        ? { choices: [{ index: 0, message: { content: 'hi' }, finish_reason: said }] }
        : { type: 'message', content: [{ type: 'text', text: 'hi' }], stop_reason: said };
      const answer = lane.readAnswer(200, {}, encodeText(JSON.stringify(whole)));
      expect(isFailure(answer) ? answer : answer.nativeFinishReason).toBe(kept);
      const chunk = isChat
        ? { choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: said }] }
        : { type: 'message_delta', delta: { stop_reason: said } };
      const stream = lane.openStream();
      stream.push(encodeText(`data: ${JSON.stringify(chunk)}\n\n`));
      expect(stream.facts.nativeFinishReason).toBe(kept);
    },
  );
});
