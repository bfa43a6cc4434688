/**
 * The only fields that a log line may carry. A field that is not named here is dropped, so that a body, a header or
 * a credential cannot reach a log by being inside an object that somebody logged.
 */
const factNames = [
  'requestId',
  'organizationId',
  'projectId',
  'apiKeyId',
  'userId',
  'sessionId',
  'instanceId',
  'batchId',
  'jobId',
  'entityId',
  'component',
  'event',
  'method',
  'route',
  'status',
  'code',
  'blame',
  'operation',
  'protocol',
  'model',
  'provider',
  'endpoint',
  'attempt',
  'attempts',
  'state',
  'reason',
  'job',
  'queue',
  'host',
  'port',
  'count',
  'bytes',
  'durationMs',
  'waitMs',
  'version',
  'isStream',
  'isRetry',
] as const;

type FactName = (typeof factNames)[number];

/** A value of a fact: never an object, so that nothing travels inside of it. Undefined values are left out. */
export type LogFact = string | number | boolean | bigint | null | undefined;

export type LogFacts = { readonly [Name in FactName]?: LogFact } & {
  /** Written as code, message and, where we are to blame, the stack. */
  readonly error?: unknown;
};

/** What a log line may hold of given facts: allowed names, plain values, cut to a sane length. */
export type WrittenFacts = Record<string, string | number | boolean | null>;

const allowedNames: ReadonlySet<string> = new Set(factNames);
const maxFactLength = 500;

/** Picks the allowed facts out of anything that was passed as facts; `error` is left to `describeError`. */
export function pickFacts(facts: Readonly<Record<string, unknown>>): WrittenFacts {
  const picked: WrittenFacts = {};
  for (const name in facts) {
    const value = facts[name];
    if (!allowedNames.has(name)) {
      continue;
    }
    if (typeof value === 'string') {
      picked[name] = boundedText(value);
    } else if (typeof value === 'bigint') {
      picked[name] = value.toString();
    } else if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
      picked[name] = value;
    }
  }
  return picked;
}

/** Cuts a text and takes what looks like a credential out of it. */
export function boundedText(text: string, maxLength = maxFactLength): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  // Most texts are ids and plain words: two replacements for each cost more than writing the line.
  if (plainText.test(cut)) {
    return cut;
  }
  return cut.replace(credentialPattern, '$1[secret]').replace(userInfoPattern, '://[secret]@');
}

/** Words of letters and digits without any of the marks that a key, a scheme or a URL needs, and ids of ours. */
const plainText = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|(?!aiza)[a-z\d]{1,32})$/i;

/**
 * Providers repeat keys in their error messages. The shapes of vendors' keys, bearer values and our own; a second
 * wall behind the rule that messages do not hold secrets.
 */
const credentialPattern =
  /(\b(?:sk|pk|rk|xai|pplx|r8|hf|nvapi|csk|fw|tgp)[-_]|\bgsk_|\bAIza|\bwhsec_|\bBearer\s+|\bBasic\s+)[\w.~+/=-]{6,}/gi;

const userInfoPattern = /:\/\/[^\s/@]+@/g;
