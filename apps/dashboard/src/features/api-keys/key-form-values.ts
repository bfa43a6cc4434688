import type { ApiKeyView, RateLimitView } from '@turnpike/contracts/api-keys';
import { z } from 'zod';

export const expiryChoices = ['never', '30', '90', '365', 'custom'] as const;

const wholeNumber = (what: string, max: number) =>
  z
    .string()
    .trim()
    .regex(/^[\d,]*$/, { error: `${what} is a whole number.`, abort: true })
    .refine((text) => text === '' || countOf(text) >= 1, { error: 'Leave it empty for no limit.', abort: true })
    .refine((text) => text === '' || countOf(text) <= max, `At most ${max.toLocaleString('en-US')}.`);

/** What the form holds: texts, as they are typed. The API's own schema has the last word. */
export const keyFormSchema = z
  .object({
    name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
    kind: z.enum(['live', 'test']),
    expiry: z.enum(expiryChoices),
    expiryDate: z.string(),
    requestsPerMinute: wholeNumber('The limit', 1_000_000_000),
    tokensPerMinute: wholeNumber('The limit', 1_000_000_000),
    concurrency: wholeNumber('The limit', 100_000),
  })
  .refine(({ expiry, expiryDate }) => expiry !== 'custom' || endOfDay(expiryDate) !== undefined, {
    path: ['expiryDate'],
    message: 'Choose a day.',
  });

export type KeyFormValues = z.infer<typeof keyFormSchema>;

/** A new key starts with the limit that the API gives a key by itself: far above a person, far below a runaway loop. */
export const newKeyForm: KeyFormValues = {
  name: '',
  kind: 'live',
  expiry: 'never',
  expiryDate: '',
  requestsPerMinute: '600',
  tokensPerMinute: '',
  concurrency: '',
};

const dayMs = 86_400_000;
const minuteSeconds = 60;

/** When the key stops working: an ISO moment, or null for never. A chosen day is included, in the reader's time zone. */
export function expiresAtOf(
  { expiry, expiryDate }: Pick<KeyFormValues, 'expiry' | 'expiryDate'>,
  nowMs = Date.now(),
): string | null {
  if (expiry === 'never') {
    return null;
  }
  return expiry === 'custom' ? (endOfDay(expiryDate) ?? null) : new Date(nowMs + Number(expiry) * dayMs).toISOString();
}

/** The limits of a form as the API wants them; empty fields are no limit. */
export function rateLimitsOf(
  values: Pick<KeyFormValues, 'requestsPerMinute' | 'tokensPerMinute' | 'concurrency'>,
): RateLimitView[] {
  const limits: RateLimitView[] = [];
  if (values.requestsPerMinute !== '') {
    limits.push({ kind: 'requests', limit: countOf(values.requestsPerMinute), windowSeconds: minuteSeconds });
  }
  if (values.tokensPerMinute !== '') {
    limits.push({ kind: 'tokens', limit: countOf(values.tokensPerMinute), windowSeconds: minuteSeconds });
  }
  if (values.concurrency !== '') {
    limits.push({ kind: 'concurrency', limit: countOf(values.concurrency) });
  }
  return limits;
}

/** Limits that this form cannot show, such as those of a day; saving keeps them. */
export function otherLimitsOf(key: ApiKeyView): readonly RateLimitView[] {
  return key.rateLimits.filter((limit) => limit.kind !== 'concurrency' && limit.windowSeconds !== minuteSeconds);
}

/** The form for a key that exists. */
export function formOfKey(key: ApiKeyView): KeyFormValues {
  const perMinute = (kind: 'requests' | 'tokens'): string =>
    String(key.rateLimits.find((limit) => limit.kind === kind && limit.windowSeconds === minuteSeconds)?.limit ?? '');
  return {
    name: key.name,
    kind: key.kind === 'test' ? 'test' : 'live',
    expiry: key.expiresAt === null ? 'never' : 'custom',
    expiryDate: key.expiresAt === null ? '' : localDay(new Date(key.expiresAt)),
    requestsPerMinute: perMinute('requests'),
    tokensPerMinute: perMinute('tokens'),
    concurrency: String(key.rateLimits.find((limit) => limit.kind === 'concurrency')?.limit ?? ''),
  };
}

function countOf(text: string): number {
  return Number(text.replaceAll(',', ''));
}

function endOfDay(day: string): string | undefined {
  const end = new Date(`${day}T23:59:59.999`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

function localDay(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
