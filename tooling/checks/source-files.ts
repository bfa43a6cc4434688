import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { root } from '../paths.ts';

export interface SourceFile {
  /** From the checkout's top folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const skippedFolders = new Set(['node_modules', 'dist', '.next', '.turbo', '.local', '.git', 'generated', 'coverage']);
const sourceExtensions = new Set(['.ts', '.tsx', '.mjs', '.js', '.lua', '.css', '.prisma', '.sh']);

/** Every source file that people write, read into memory. */
export function readSourceFiles(folder: string = root): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (current: string) => {
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      const path = join(current, entry.name);
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) visit(path);
      if (entry.isFile() && sourceExtensions.has(extname(entry.name))) {
        files.push({ path: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') });
      }
    }
  };
  visit(folder);
  return files;
}
