import { mix } from './digest.ts';

/**
 * A text that a regular expression matches, for the expressions found in JSON schemas: literals, classes, escapes,
 * groups, alternation, quantifiers and anchors. Undefined where the expression uses more (look-around, back
 * references) or where the text made does not match after all: the caller then falls back to a plain word.
 */
export function textMatching(pattern: string, seed: number, minLength = 0): string | undefined {
  if (pattern.length > 500 || unsupported.test(pattern)) return undefined;
  let check: RegExp;
  try {
    check = new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
  for (let extra = 0; extra <= Math.min(minLength, 256); extra += 1) {
    const writer = new Writer(pattern, seed, extra);
    const text = writer.alternation();
    if (!writer.isAtEnd()) return undefined;
    if (text.length >= minLength && check.test(text)) return text;
  }
  return undefined;
}

/** Look-around, back references, and anchors that are not at an edge: what is written would not be sure to match. */
const unsupported = /\(\?<?[=!]|\\[1-9k]|[^(|\\[]\^|\$[^)|\]]/;
/** A schema comes from a stranger: nested counts of a thousand would be a text of a million characters. */
const maxLength = 10_000;

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const classes: Readonly<Record<string, string>> = {
  d: digits,
  w: `${lower}${digits}`,
  s: ' ',
  D: lower,
  W: '-',
  S: lower,
};
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Recursive descent over the expression, writing one matching text while it reads. */
class Writer {
  readonly #pattern: string;
  readonly #seed: number;
  readonly #extra: number;
  #at = 0;
  #drawn = 0;

  /** `extra` repetitions are added to every open quantifier, to reach a minimum length. */
  constructor(pattern: string, seed: number, extra: number) {
    this.#pattern = pattern;
    this.#seed = seed;
    this.#extra = extra;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** Writes the first alternative and reads past the others. */
  alternation(): string {
    const text = this.#sequence();
    while (this.#peek() === '|') {
      this.#at += 1;
      this.#sequence();
    }
    return text;
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  #sequence(): string {
    let text = '';
    while (!this.isAtEnd() && this.#peek() !== '|' && this.#peek() !== ')') {
      const start = this.#at;
      const first = this.#atom();
      const [least, isOpen] = this.#quantifier();
      const count = isOpen ? least + this.#extra : least;
      const end = this.#at;
      text += count > 0 ? first : '';
      for (let done = 1; done < count && text.length < maxLength; done += 1) {
        this.#at = start;
        text += this.#atom();
      }
      this.#at = end;
    }
    return text;
  }

  #atom(): string {
    const char = this.#peek();
    this.#at += 1;
    switch (char) {
      case '^':
      case '$':
        return '';
      case '.':
        return this.#draw(lower);
      case '\\':
        return this.#escape();
      case '[':
        return this.#draw(this.#charClass());
      case '(': {
        if (this.#peek() === '?')
          this.#at = this.#pattern.indexOf(this.#pattern.charAt(this.#at + 1) === '<' ? '>' : ':', this.#at) + 1;
        const text = this.alternation();
        this.#at += 1;
        return text;
      }
      default:
        return char;
    }
  }

  #escape(): string {
    const char = this.#peek();
    this.#at += 1;
    if (char === 'b' || char === 'B') return '';
    const set = classes[char];
    return set === undefined ? (controls[char] ?? char) : this.#draw(set);
  }

  #charClass(): string {
    const isNegated = this.#peek() === '^';
    if (isNegated) this.#at += 1;
    let set = '';
    while (!this.isAtEnd() && this.#peek() !== ']') {
      let from = this.#peek();
      this.#at += 1;
      if (from === '\\') {
        const escaped = this.#peek();
        this.#at += 1;
        const named = classes[escaped];
        if (named !== undefined) {
          set += named;
          continue;
        }
        from = controls[escaped] ?? escaped;
      }
      if (this.#peek() === '-' && this.#pattern.charAt(this.#at + 1) !== ']') {
        this.#at += 1;
        if (this.#peek() === '\\') this.#at += 1;
        set += span(from, this.#peek());
        this.#at += 1;
      } else set += from;
    }
    this.#at += 1;
    if (!isNegated) return set;
    const excluded = set;
    return Array.from(`${lower}${digits}-_`, (char) => (excluded.includes(char) ? '' : char)).join('');
  }

  /** Least count of the quantifier that follows, and whether more would be allowed. */
  #quantifier(): readonly [least: number, isOpen: boolean] {
    const rest = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#pattern.slice(this.#at));
    if (rest === null) return [1, false];
    this.#at += rest[0].length;
    const sign = rest[0].charAt(0);
    if (sign === '*') return [0, true];
    if (sign === '+') return [1, true];
    if (sign === '?') return [0, false];
    return [Number(rest[1]), rest[2] === ',' && (rest[3] === '' || Number(rest[3]) > Number(rest[1]))];
  }

  #draw(set: string): string {
    this.#drawn += 1;
    return set.charAt(mix(this.#seed, this.#drawn) % Math.max(1, set.length));
  }
}

function span(from: string, to: string): string {
  let set = '';
  const last = Math.min(to.charCodeAt(0), from.charCodeAt(0) + 255);
  for (let code = from.charCodeAt(0); code <= last; code += 1) set += String.fromCharCode(code);
  return set;
}
