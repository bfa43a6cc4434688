/** Enough for every vendor's sentence; longer texts are dumps. */
const maxMessageCharacters = 500;
/** A page's title stands within so many characters. */
const maxMarkupCharacters = 4_000;
/** What the patterns run over: some need a step for every pair of characters, so that a hostile dump must be short. */
const maxReadCharacters = 1_000;

/**
 * Key material as vendors write it: with a prefix, behind a scheme, as a signed token, or as a long run of mixed
 * letters and digits that no word or id of theirs looks like. Masked keys (`sk-****abcd`) are keys too.
 */
const secretPatterns: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|hf|r8|nvapi|csk|pplx|tgp)[-_][\w*.…-]{5,}[\w*…]/gi,
  // Words of a sentence such as "api-reference" are none: these two hold a digit or a mask.
  /\b(?:key|api)[-_](?=[\w.-]*[\d*…])[\w*.…-]{5,}[\w*…]/gi,
  // Whose account the operator has there is nobody else's business.
  /\borg(?:anization)?[-_][\w-]{6,}/gi,
  /\b(?:Bearer|Basic)\s+[\w.~+/=*-]{6,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  /\bAIza[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\b(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_]{40,}={0,2}/g,
  // "Incorrect API key provided: abc***xyz."
  /(?<=\bAPI key provided: )[^\s.]+/gi,
];

/** Hosts that exist only inside of somebody's network. */
const internalHost =
  /\b(?:https?:\/\/)?(?:(?:10|127)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|localhost|[\w.-]+\.(?:internal|local|svc|cluster\.local|lan))(?::\d+)?(?:\/\S*)?/gi;

/**
 * A provider's words made fit for a caller: no markup, no key material, no internal hosts, no control characters, at
 * most 500 characters.
 */
export function cleanMessage(text: string): string {
  let clean = stripMarkup(text.slice(0, maxMarkupCharacters)).slice(0, maxReadCharacters);
  for (const pattern of secretPatterns) {
    clean = clean.replaceAll(pattern, '[redacted]');
  }
  clean = clean.replaceAll(internalHost, '[internal address]');
  // oxlint-disable-next-line no-control-regex -- control characters are what must go
  clean = clean.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  // A database refuses half of a pair.
  clean = clean.toWellFormed();
  if (clean.length <= maxMessageCharacters) {
    return clean;
  }
  const cut = clean.slice(0, maxMessageCharacters - 1);
  // Not between the halves of a pair.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A web page becomes its title; tags in a sentence go. */
function stripMarkup(text: string): string {
  if (!/<(?:!doctype|html|head|body|title|h1)\b/i.test(text)) {
    return text;
  }
  const title =
    /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim() ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(text)?.[1]?.trim();
  return title === undefined || title === ''
    ? 'The provider answered with a web page.'
    : `The provider answered with a web page: ${title}`;
}
