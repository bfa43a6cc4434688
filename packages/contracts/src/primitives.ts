import type { Id, IdKind } from '@turnpike/core/ids';
import { parseId, renderId } from '@turnpike/core/ids';
import { z } from 'zod';

const digits = '[0-7][0-9a-hjkmnp-tv-z]{25}';
const prefixOf = (kind: IdKind): string =>
  renderId(kind, '00000000-0000-7000-8000-000000000000').split('_', 1)[0] ?? '';
const borderId = (kind: IdKind): z.ZodString =>
  z.string().regex(new RegExp(`^${prefixOf(kind)}_${digits}$`), `Expected an id such as ${prefixOf(kind)}_01jd….`);

/** An id in an answer, in border form: `key_01jd…`. */
export function idOut(kind: IdKind): z.ZodString {
  return borderId(kind);
}

/** An id in a request: border form on the wire, the branded UUID once it is parsed. */
export function idIn<Kind extends IdKind>(kind: Kind): z.ZodCodec<z.ZodString, z.ZodCustom<Id<Kind>, Id<Kind>>> {
  return z.codec(borderId(kind), z.custom<Id<Kind>>(), {
    decode: (text, context) => {
      const id = parseId(kind, text);
      if (id === undefined) {
        context.issues.push({ code: 'custom', message: 'This is not an id.', input: text });
        return z.NEVER;
      }
      return id;
    },
    encode: (id) => renderId(kind, id),
  });
}

/** A moment in an answer: ISO 8601 in UTC with milliseconds. */
export const timestamp = z.string().meta({ format: 'date-time', description: 'ISO 8601, UTC.' });

/** A moment in a request, with any offset; a Date once it is parsed. */
export const momentIn = z.codec(z.iso.datetime({ offset: true }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** An exact decimal of US dollars: `0.000042`. Sums are made of these or of the nano-dollars, never of floats. */
export const usdAmount = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .meta({ description: 'US dollars as an exact decimal string.', examples: ['0.000042'] });

/** The same amount as an integer of nano-dollars (1 USD = 1,000,000,000), in a string because JSON numbers are doubles. */
export const nanoUsdAmount = z
  .string()
  .regex(/^-?\d+$/)
  .meta({ description: 'Nano-dollars (10⁻⁹ USD) as an integer in a string.', examples: ['42000'] });

export const count = z.int().min(0);

/** Text that a person gives to a thing: one line, no control characters, trimmed. */
export function nameIn(maxLength = 80): z.ZodString {
  return z
    .string()
    .trim()
    .min(1, 'Give it a name.')
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'A name has no control characters.');
}

/** Query of every list: how many, and where to go on. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50).meta({ description: 'Rows per page.' }),
  cursor: z.string().min(1).max(512).optional().meta({ description: '`nextCursor` of the page before.' }),
};

/** One page of a list. `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Several values in one query parameter, separated by commas (OpenAPI: style form, explode false). */
export function commaList<Item extends z.ZodType<unknown, string>>(
  item: Item,
  maxItems = 50,
): z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>, z.ZodArray<Item>> {
  return z
    .string()
    .max(4_096)
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1).max(maxItems));
}
