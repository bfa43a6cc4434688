import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** Replaces the section of `text` that carries the title, or appends it; other sections stay as they are. */
export function withSection(text: string, title: string, body: string): string {
  const section = `## ${title}\n\n${body.trim()}\n`;
  const start = text.indexOf(`## ${title}\n`);
  if (start < 0) return `${text.trimEnd()}\n\n${section}`;
  const next = text.indexOf('\n## ', start);
  return `${text.slice(0, start)}${section}${next < 0 ? '' : text.slice(next)}`;
}

/** Writes a section of RESULTS.md, the page of recorded results. */
export function writeResults(title: string, body: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Recorded results\n';
  writeFileSync(file, withSection(text, title, body));
}
