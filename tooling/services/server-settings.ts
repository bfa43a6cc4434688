import { readFileSync } from 'node:fs';

/** Reads a `name = value` settings file as Postgres does: comments dropped, quotes taken off. */
export function readSettings(file: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /^\s*([a-z_.]+)\s*=\s*(?:'([^']*)'|([^#\s]+))/.exec(line);
    if (match?.[1] !== undefined) settings[match[1]] = match[2] ?? match[3] ?? '';
  }
  return settings;
}
