import { GatewayError } from '@turnpike/core/errors';

import { decodeText } from './bytes.ts';

/** Where one member of an object stands in the bytes: `"key"` with its quotes, and its value. */
export interface MemberSpan {
  readonly name: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Where an object and its members stand, so that an edit is a splice and the rest keeps its bytes. */
export interface ObjectLayout {
  /** Offset of `{`. */
  readonly start: number;
  /** Offset of the matching `}`. */
  readonly end: number;
  readonly members: readonly MemberSpan[];
}

/** Deeper than any schema or conversation on record; a bomb is thousands deep. */
const maxDepth = 64;
/** A body of 20 MB could hold ten million tiny values, which cost far more memory than bytes. */
const maxElements = 100_000;

const quote = 0x22;
const backslash = 0x5c;
const lowerU = 0x75;
const underscore = 0x5f;
const protoKeyLength = '__proto__'.length;

/**
 * Looks once over the bytes of a client's body, before `JSON.parse` makes objects of them. Returns where the
 * top-level members stand, or undefined when the bytes are not an object (`JSON.parse` then says what they are).
 * Throws GatewayError `invalid_request` for what parses but must not be let in: more than 64 levels or 100,000
 * elements, a top-level key that stands twice, a key `__proto__`, a NUL, half of a surrogate pair.
 */
export function scanBody(bytes: Uint8Array): ObjectLayout | undefined {
  return new ObjectScan(bytes, 0, bytes.length, true).run();
}

/**
 * Finds the members of an object inside a larger text, without the checks of `scanBody`: for nested objects and for
 * provider's answers. Undefined when the range does not hold an object.
 */
export function scanObject(bytes: Uint8Array, start = 0, end = bytes.length): ObjectLayout | undefined {
  return new ObjectScan(bytes, start, end, false).run();
}

class ObjectScan {
  private readonly bytes: Uint8Array;
  private readonly limit: number;
  private readonly isStrict: boolean;
  private at: number;
  private elements = 0;
  private keyHasEscape = false;
  private readonly members: MemberSpan[] = [];
  private readonly names = new Set<string>();

  constructor(bytes: Uint8Array, start: number, end: number, isStrict: boolean) {
    this.bytes = bytes;
    this.limit = end;
    this.at = start;
    this.isStrict = isStrict;
  }

  run(): ObjectLayout | undefined {
    const { bytes, limit } = this;
    const start = this.skipSpace(this.at);
    if (bytes[start] !== 0x7b) {
      // Anything that is not an object is refused later by its type; its depth is still limited before it is parsed.
      return this.isStrict ? this.checkOther(start) : undefined;
    }
    let depth = 0;
    let name: string | undefined;
    let keyStart = 0;
    let valueStart = -1;
    let tokenEnd = start;
    this.at = start;
    while (this.at < limit) {
      const offset = this.at;
      const byte = bytes[offset] ?? 0;
      if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
        this.at++;
        continue;
      }
      if (depth === 1 && name !== undefined && valueStart === -1) {
        valueStart = offset;
      }
      switch (byte) {
        case quote: {
          const end = this.skipString();
          if (end === -1) {
            return undefined;
          }
          tokenEnd = end;
          const colon = this.skipSpace(end);
          if (bytes[colon] === 0x3a) {
            if (depth === 1) {
              name = this.readKey(offset, end);
              keyStart = offset;
              valueStart = -1;
            } else if (this.isStrict) {
              this.checkKey(offset, end);
            }
            this.at = colon + 1;
          }
          break;
        }
        case 0x7b:
        case 0x5b:
          depth++;
          this.at++;
          this.countElement();
          if (this.isStrict && depth > maxDepth) {
            throw refuse(`The body is nested deeper than ${maxDepth} levels. Flatten it.`);
          }
          break;
        case 0x7d:
        case 0x5d:
          if (depth === 1) {
            this.addMember(name, keyStart, valueStart, tokenEnd);
            this.at++;
            return { start, end: offset, members: this.members };
          }
          depth--;
          this.at++;
          tokenEnd = this.at;
          break;
        case 0x2c:
          if (depth === 1) {
            this.addMember(name, keyStart, valueStart, tokenEnd);
            name = undefined;
            valueStart = -1;
          }
          this.at++;
          this.countElement();
          break;
        default:
          this.at++;
          tokenEnd = this.at;
      }
    }
    return undefined;
  }

  /** Depth and size of a body that is an array or a scalar: it will be refused, but must not be costly to refuse. */
  private checkOther(start: number): undefined {
    let depth = 0;
    this.at = start;
    while (this.at < this.limit) {
      const byte = this.bytes[this.at];
      if (byte === quote) {
        if (this.skipString() === -1) {
          return undefined;
        }
        continue;
      }
      if (byte === 0x7b || byte === 0x5b) {
        depth++;
        this.countElement();
      } else if (byte === 0x7d || byte === 0x5d) {
        depth--;
      } else if (byte === 0x2c) {
        this.countElement();
      }
      if (depth > maxDepth) {
        throw refuse(`The body is nested deeper than ${maxDepth} levels. Flatten it.`);
      }
      this.at++;
    }
    return undefined;
  }

  private skipSpace(from: number): number {
    const { bytes, limit } = this;
    let at = from;
    while (at < limit) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        break;
      }
      at++;
    }
    return at;
  }

  /** Moves behind the string that begins at `at` and returns that offset; -1 when it does not end. */
  private skipString(): number {
    const { bytes, limit } = this;
    let at = this.at + 1;
    this.keyHasEscape = false;
    while (at < limit) {
      const byte = bytes[at];
      if (byte === quote) {
        this.at = at + 1;
        return this.at;
      }
      if (byte === backslash) {
        this.keyHasEscape = true;
        at = this.isStrict && bytes[at + 1] === lowerU ? this.skipUnicodeEscape(at) : at + 2;
      } else {
        at++;
      }
    }
    this.at = limit;
    return -1;
  }

  /** Moves behind `\uXXXX`, or behind a whole pair of them. Throws for NUL and for half a pair. */
  private skipUnicodeEscape(at: number): number {
    const unit = this.readHex(at + 2);
    if (unit === 0) {
      throw refuse('The body holds a NUL character (\\u0000). Remove it.');
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const low = this.bytes[at + 6] === backslash && this.bytes[at + 7] === lowerU ? this.readHex(at + 8) : -1;
      if (low < 0xdc00 || low > 0xdfff) {
        throw loneSurrogate();
      }
      return at + 12;
    }
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      throw loneSurrogate();
    }
    return at + 6;
  }

  /** Four hex digits as a number; -1 when they are not (`JSON.parse` refuses them). */
  private readHex(at: number): number {
    let value = 0;
    for (let index = at; index < at + 4; index++) {
      const byte = this.bytes[index] ?? 0;
      const digit =
        byte >= 0x30 && byte <= 0x39
          ? byte - 0x30
          : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
            ? (byte | 0x20) - 0x57
            : -1;
      if (digit === -1) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  private readKey(start: number, end: number): string {
    if (!this.keyHasEscape) {
      const name = decodeText(this.bytes, start + 1, end - 1);
      if (this.isStrict) {
        refuseProto(name);
      }
      return name;
    }
    // Two spellings of one key are one key: `"mod\u0065l"` is `"model"`.
    const name = unescapeKey(decodeText(this.bytes, start, end));
    if (this.isStrict) {
      refuseProto(name);
    }
    return name;
  }

  private checkKey(start: number, end: number): void {
    if (this.keyHasEscape) {
      refuseProto(unescapeKey(decodeText(this.bytes, start, end)));
    } else if (end - start - 2 === protoKeyLength && this.bytes[start + 1] === underscore) {
      refuseProto(decodeText(this.bytes, start + 1, end - 1));
    }
  }

  private addMember(name: string | undefined, keyStart: number, valueStart: number, valueEnd: number): void {
    if (name === undefined || valueStart === -1) {
      return;
    }
    if (this.isStrict && this.names.has(name)) {
      throw refuse(`The key \`${name.slice(0, 64)}\` stands twice in the body. Send it once.`, name.slice(0, 64));
    }
    this.names.add(name);
    this.members.push({ name, keyStart, valueStart, valueEnd });
  }

  private countElement(): void {
    this.elements++;
    if (this.isStrict && this.elements > maxElements) {
      throw refuse(`The body has more than ${maxElements} values. Split the request.`);
    }
  }
}

function unescapeKey(literal: string): string {
  try {
    const name: unknown = JSON.parse(literal);
    return typeof name === 'string' ? name : literal;
  } catch {
    // Not JSON: whoever parses the whole body next will say so with a position.
    return literal;
  }
}

function refuseProto(name: string): void {
  if (name === '__proto__') {
    throw refuse('The key `__proto__` is not allowed. Remove it.', '__proto__');
  }
}

function loneSurrogate(): GatewayError {
  return refuse('The body holds half of a surrogate pair, which is not a character. Send well-formed Unicode.');
}

function refuse(message: string, param?: string): GatewayError {
  return new GatewayError('invalid_request', message, param === undefined ? {} : { param });
}
