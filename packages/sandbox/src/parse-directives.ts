import { Refusal } from './refusal.ts';
import { directiveSchema } from './directives.ts';
import type { Directives } from './directives.ts';

const block = /\[sandbox:([^\]]*)\]/g;
/** `name`, `name=value` or `name="a value"`, with spaces between, and commas at their ends if someone likes them. */
const word = /([a-z][a-z-]*)(?:=(?:"([^"]*)"|(\S*?)))?(?=,?(?:\s|$))/g;

/** The model that is meant, and the directives that its name carries after `--`. */
export interface ModelName {
  readonly name: string;
  readonly written: ReadonlyMap<string, string>;
}

/**
 * Splits `any-model--latency=300--cut=5`. Only known directives are taken, from the end: a model whose own name
 * holds `--` keeps it.
 */
export function splitModelName(model: string): ModelName {
  const parts = model.split('--');
  const written = new Map<string, string>();
  while (parts.length > 1) {
    const last = parts.at(-1) ?? '';
    const equals = last.indexOf('=');
    const name = equals < 0 ? last : last.slice(0, equals);
    if (!Object.hasOwn(directiveSchema.shape, name)) break;
    if (!written.has(name)) written.set(name, equals < 0 ? '' : last.slice(equals + 1));
    parts.pop();
  }
  return { name: parts.join('--'), written };
}

/** The words of every `[sandbox: …]` block in a message. A directive written twice counts as written last. */
export function wordsOfMessage(text: string): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  if (!text.includes('[sandbox:')) return written;
  for (const [, inside = ''] of text.matchAll(block)) {
    for (const [, name = '', quoted, bare] of inside.matchAll(word)) {
      written.set(name, quoted ?? bare ?? '');
    }
  }
  return written;
}

/** The message without its directive blocks: what `echo` repeats. */
export function withoutDirectives(text: string): string {
  return text.includes('[sandbox:') ? text.replaceAll(block, '').trim() : text;
}

/**
 * Reads what the model name and the last message ask for; the message wins where both speak.
 * Throws a `Refusal` (400) that names the directive for an unknown name or a value out of bounds, since a
 * directive that is silently ignored makes a test that proves nothing.
 */
export function parseDirectives(model: ModelName, lastMessage: string): Directives {
  const written = new Map([...model.written, ...wordsOfMessage(lastMessage)]);
  if (written.size === 0) return {};
  const parsed = directiveSchema.safeParse(Object.fromEntries(written));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
  throw new Refusal('invalid_request', `Sandbox directive '${name ?? ''}': ${issue?.message ?? 'not understood'}.`, {
    code: 'sandbox_directive',
  });
}
