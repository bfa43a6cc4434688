import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a new folder for temporary data. Others may enter but not list it, because Postgres runs as another user when we
 * are root; whatever is secret in it has its own mode.
 */
export function makeTemporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `turnpike-${name}-`));
  chmodSync(folder, 0o711);
  return folder;
}
