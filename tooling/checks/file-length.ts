import type { SourceFile } from './source-files.ts';

/** Long enough for one idea with its types and its reasons; a longer file has two ideas. */
const maxLines = 400;
/** A schema file shows one area of the model at a glance. */
const maxSchemaLines = 250;

/** Vendors' shapes are as long as the vendor made them; recordings and migrations are not edited. */
function isExempt(path: string): boolean {
  return (
    path.endsWith('/wire.ts') ||
    path.includes('/fixtures/') ||
    path.startsWith('prisma/migrations/') ||
    path.endsWith('.d.ts')
  );
}

/** One sentence for each file that is longer than its cap. */
export function findLongFiles(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (isExempt(path)) return [];
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    const cap = path.endsWith('.prisma') ? maxSchemaLines : maxLines;
    return lines > cap ? [`${path} has ${lines} lines; at most ${cap}. Split it by what it hides.`] : [];
  });
}
