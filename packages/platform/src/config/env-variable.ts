import { z } from 'zod';
import { Secret } from './secret.ts';

/** What is known of a variable apart from its value: for problems by name and for `.env.example`. */
export interface EnvVariableFacts {
  readonly name: string;
  readonly description: string;
  /** The text that is used when the variable is absent; it is parsed like a given one. */
  readonly defaultText: string | undefined;
  readonly isRequired: boolean;
}

export interface EnvVariableOptions<Value> {
  readonly description: string;
  /** Reads the text of the variable. Its messages must say what is expected and never repeat the text. */
  readonly schema: z.ZodType<Value, string>;
}

const variables = new WeakMap<z.core.$ZodType, EnvVariableFacts>();

/** A variable that must be given, or that has a default. */
export function envVariable<Value>(
  name: string,
  { description, schema, default: defaultText }: EnvVariableOptions<Value> & { readonly default?: string },
): z.ZodType<Value> {
  return register(defaultText === undefined ? z.pipe(z.string(), schema) : schema.prefault(defaultText), {
    name,
    description,
    defaultText,
    isRequired: defaultText === undefined,
  });
}

/** A variable that may be absent; then its value is undefined. */
export function optionalEnvVariable<Value>(
  name: string,
  { description, schema }: EnvVariableOptions<Value>,
): z.ZodType<Value | undefined> {
  return register(schema.optional(), { name, description, defaultText: undefined, isRequired: false });
}

/** The facts that a variable was declared with; undefined for any other schema. */
export function factsOfVariable(schema: z.core.$ZodType): EnvVariableFacts | undefined {
  return variables.get(schema);
}

function register<Value>(schema: z.ZodType<Value>, facts: EnvVariableFacts): z.ZodType<Value> {
  variables.set(schema, facts);
  return schema;
}

/** Any text of at most 4,096 characters. */
export function text(): z.ZodType<string, string> {
  return z.string().max(4096, 'must have at most 4096 characters');
}

/** Text that must not be printed. Throws a problem for fewer than `minLength` characters: short secrets are guessed. */
export function secret({ minLength = 1 }: { readonly minLength?: number } = {}): z.ZodType<Secret, string> {
  return z
    .string()
    .min(minLength, `must have at least ${minLength} characters`)
    .max(4096, 'must have at most 4096 characters')
    .transform((value) => new Secret(value));
}

/** A URL with one of these schemes (written `https:`) that carries credentials, and is therefore a Secret. */
export function secretUrl(...schemes: readonly string[]): z.ZodType<Secret, string> {
  return url(...schemes).transform((value) => new Secret(value));
}

/** A URL with one of these schemes (written `https:`), as text. */
export function url(...schemes: readonly string[]): z.ZodType<string, string> {
  return z.string().refine(
    (value) => {
      const parsed = URL.parse(value);
      return parsed !== null && schemes.includes(parsed.protocol);
    },
    `must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );
}

/** A whole number in a closed range. */
export function integer({ min, max }: { readonly min: number; readonly max: number }): z.ZodType<number, string> {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** A TCP port; 0 lets the system choose. */
export function port(): z.ZodType<number, string> {
  return integer({ min: 0, max: 65_535 });
}

/** `true` or `false`. */
export function flag(): z.ZodType<boolean, string> {
  return z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');
}

/** One of a closed list of words. */
export function oneOf<const Word extends string>(...words: readonly [Word, ...Word[]]): z.ZodType<Word, string> {
  return z.enum(words, `must be one of ${words.join(', ')}`) satisfies z.ZodType<Word>;
}

/** A comma-separated list without empty or repeated entries, each read by `item`. */
export function list<Item>(item: z.ZodType<Item, string>): z.ZodType<readonly Item[], string> {
  return z
    .string()
    .transform((value) => [...new Set(value.split(',').map((entry) => entry.trim()))].filter((entry) => entry !== ''))
    .pipe(z.array(item));
}
