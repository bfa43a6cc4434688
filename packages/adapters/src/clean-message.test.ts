import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { cleanMessage } from './clean-message.ts';

describe('a provider’s message', () => {
  test.each([
    [
      'Incorrect API key provided: sk-proj-abc123DEF456. Check it.',
      'Incorrect API key provided: [redacted]. Check it.',
    ],
    ['Incorrect API key provided: hunter2***xyz. You can', 'Incorrect API key provided: [redacted]. You can'],
    ['key sk-ant-api03-AAAAbbbbCCCC1111 is bad', 'key [redacted] is bad'],
    ['masked sk-proj-****************abcd', 'masked [redacted]'],
    ['got Authorization: Bearer abc.def-ghi_jkl', 'got Authorization: [redacted]'],
    ['gsk_abcdefGHIJK123456 expired', '[redacted] expired'],
    ['AIzaSyA1234567890abcdefg', '[redacted]'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig', 'jwt [redacted]'],
    ['token a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4', 'token [redacted]'],
    ['connect to http://10.0.3.7:8080/v1 failed', 'connect to [internal address] failed'],
    ['dial vllm.models.svc:8000 refused', 'dial [internal address] refused'],
    ['at localhost:11434', 'at [internal address]'],
    ['line\none\ttwo\u0000', 'line one two'],
    [
      '<!DOCTYPE html><html><head><title>504 Gateway Time-out</title></head>',
      'The provider answered with a web page: 504 Gateway Time-out',
    ],
    ['<html><body>secret page</body></html>', 'The provider answered with a web page.'],
  ])('%j is shown as %j', (message, shown) => {
    expect(cleanMessage(message)).toBe(shown);
  });

  test.each([
    'The model `claude-sonnet-4-5-20250929` does not exist or you do not have access to it.',
    "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
    'This model’s maximum context length is 128000 tokens. However, your messages resulted in 130011 tokens.',
    'tools.0.custom.input_schema: Input does not match the expected shape.',
    'Request req_011CXePJ3XLZN1SyGcR9mg4U failed, see https://platform.openai.com/docs/deprecations',
  ])('%j stays as it is', (message) => {
    expect(cleanMessage(message)).toBe(message);
  });

  test('costs little to clean, whatever it is made of', () => {
    for (const unit of ['a.', 'a-', 'sk-', '<title', 'Bearer ', 'A1b', 'http://', '10.', '\u0000']) {
      expect(cleanMessage(unit.repeat(200_000)).length).toBeLessThanOrEqual(500);
    }
  });

  test('is at most 500 characters and well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const shown = cleanMessage(`${text}\ud800${'🌍'.repeat(400)}`);
        expect(shown.length).toBeLessThanOrEqual(500);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });
});
