import { describe, expect, test } from 'vitest';
import { parseDirectives, splitModelName, withoutDirectives } from './parse-directives.ts';

const parse = (model: string, message = '') => parseDirectives(splitModelName(model), message);

describe('directives in a model name', () => {
  test('are taken off the end and leave the model', () => {
    expect(splitModelName('sandbox-chat--latency=300--tps=50--cut=5').name).toBe('sandbox-chat');
    expect(parse('sandbox-chat--latency=300--tps=50--cut=5')).toEqual({ latency: 300, tps: 50, cut: 5 });
  });

  test('may follow any model, and a name that holds -- itself is kept', () => {
    expect(splitModelName('meta-llama/llama-3.3-70b--status=500').name).toBe('meta-llama/llama-3.3-70b');
    expect(splitModelName('corpus--openai-chat-1').name).toBe('corpus--openai-chat-1');
    expect(splitModelName('a--b--echo').name).toBe('a--b');
  });

  test('do not include what is inherited by every object', () => {
    expect(splitModelName('a--constructor').name).toBe('a--constructor');
  });
});

describe('directives in a message', () => {
  test('are read from every block, with quoted values', () => {
    expect(parse('m', 'Hi [sandbox: latency=5, say="two words"] and [sandbox: status=429 retry-after=2]')).toEqual({
      latency: 5,
      say: 'two words',
      status: 429,
      'retry-after': 2,
    });
  });

  test('win over the model name', () => {
    expect(parse('m--latency=1--cut=2', '[sandbox: latency=9]')).toEqual({ latency: 9, cut: 2 });
  });

  test.each([
    ['garbage', { garbage: 1 }],
    ['drip', { drip: 1 }],
    ['huge-header', { 'huge-header': 64 }],
    ['hang', { hang: 'after' }],
    ['hang=before', { hang: 'before' }],
    ['stall=3', { stall: { atChunk: 3, ms: 30_000 } }],
    ['stall=3:250', { stall: { atChunk: 3, ms: 250 } }],
    ['tool', { tool: [] }],
    ['tool=a,b', { tool: ['a', 'b'] }],
    ['output-tokens=-5', { 'output-tokens': -5 }],
    ['echo', { echo: true }],
  ])('%s is understood', (written, meaning) => {
    expect(parse('m', `[sandbox: ${written}]`)).toEqual(meaning);
  });

  test.each(['statuss=500', 'status=200', 'status=abc', 'latency=900000', 'echo=yes', 'usage=odd', 'stall=x', 'cut'])(
    '%s is refused by name instead of being ignored',
    (written) => {
      const name = written.split('=')[0] ?? '';
      expect(() => parse('m', `[sandbox: ${written}]`)).toThrow(`'${name}'`);
    },
  );

  test('are not part of what is echoed', () => {
    expect(withoutDirectives('Say this [sandbox: echo cut=3]')).toBe('Say this');
  });

  test('are absent from an ordinary message', () => {
    expect(parse('gpt-4o', 'Is 3 < 4? [sandbox] says so.')).toEqual({});
  });
});
