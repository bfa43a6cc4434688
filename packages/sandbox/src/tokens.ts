import { mix } from './digest.ts';

/**
 * Text as the pieces a model would produce. Filler text of a million tokens is computed piece by piece when read,
 * so that a long stream costs no memory; an ordinary array of strings is such a sequence too.
 */
export interface Tokens {
  readonly length: number;
  at(index: number): string | undefined;
}

export const noTokens: Tokens = [];

/** Pieces of text in the order of their places: a word of up to six letters with the space before it, or one other character. */
const piece = / ?[\p{L}\p{N}]{1,6}|[^]/gu;

/** Cuts text into tokens without losing a character: the tokens joined are the text. */
export function tokenize(text: string): readonly string[] {
  return text.match(piece) ?? [];
}

/** The text of the tokens from `from` (inclusive) to `to` (exclusive). */
export function joinTokens(tokens: Tokens, from = 0, to = tokens.length): string {
  let text = '';
  for (let index = from; index < to; index += 1) text += tokens.at(index) ?? '';
  return text;
}

/** The first `count` tokens. */
export function firstTokens(tokens: Tokens, count: number): Tokens {
  if (count >= tokens.length) return tokens;
  const length = Math.max(0, count);
  return { length, at: (index) => (index < length ? tokens.at(index) : undefined) };
}

/** Tokens a prompt of this text is counted as: four UTF-8 bytes each, rounded up. Cheap on prompts of megabytes. */
export function countPromptTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

const words = (
  'a the one each every this that some any other new old first last small large quick slow bright quiet warm cold deep ' +
  'clear plain simple sound steady gentle early late river mountain garden window letter morning evening winter summer ' +
  'harbour bridge station street market kitchen table lamp paper pencil story picture question answer reason measure ' +
  'number pattern signal engine vessel anchor lantern compass forest meadow island valley cloud storm breeze shadow ' +
  'walks runs turns opens closes carries brings keeps finds makes holds sends reads writes counts waits moves grows ' +
  'rests shines changes follows answers begins ends and or but while until because so then when where with without ' +
  'over under near beyond between across along toward through before after slowly quickly often never always perhaps ' +
  'again soon here there now later together alone well almost nearly only even still'
).split(' ');
const sentenceLength = 13;

/** `count` tokens of readable nonsense which follow from the seed: words, and a full stop as every thirteenth token. */
export function fillerTokens(seed: number, count: number): Tokens {
  return {
    length: count,
    at(index) {
      if (index < 0 || index >= count) return undefined;
      const place = index % sentenceLength;
      if (place === sentenceLength - 1) return '.';
      const word = words[mix(seed, index) % words.length] ?? 'so';
      if (place > 0) return ` ${word}`;
      const capital = word.charAt(0).toUpperCase() + word.slice(1);
      return index === 0 ? capital : ` ${capital}`;
    },
  };
}

const openings = [
  'This answer comes from the sandbox, so no model was asked.',
  'You are talking to the sandbox: it speaks the wire format of a real provider, but it does not think.',
  'The sandbox received your message and answers in place of a model.',
  'Hello from the sandbox, a stand-in for a model provider.',
];
const middles = [
  'The same request always gets the same answer.',
  'Usage, streaming, tools and errors look as they do in production.',
  'Add a directive to your message to make it slow, long or faulty.',
  'Your integration works end to end: the call was authenticated, routed and metered.',
  'Ask for tools, JSON or reasoning, and it will oblige.',
];
const endings = [
  'Connect a provider key when you want a real model to take over.',
  'Swap in a real model by changing one word: its name.',
  'Everything else about this call is real.',
];

/** The answer to a message that asks for nothing in particular: a few sentences that say who is speaking. */
export function greetingTokens(seed: number): readonly string[] {
  const choose = (from: readonly string[], salt: number) => from[mix(seed, salt) % from.length] ?? '';
  return tokenize(`${choose(openings, 0)} ${choose(middles, 1)} ${choose(endings, 2)}`);
}

/** What a model that shows its reasoning would think aloud: `count` tokens. */
export function reasoningTokens(seed: number, count: number): Tokens {
  return fillerTokens(mix(seed, 7), count);
}
