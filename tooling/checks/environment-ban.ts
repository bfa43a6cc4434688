import type { SourceFile } from './source-files.ts';

/** Configuration is parsed once, where a process begins; tools and tests have no configuration object. */
function mayReadEnvironment(path: string): boolean {
  return (
    /(?:^|\/)main\.tsx?$/.test(path) ||
    /^(?:tooling|test|infra|packages\/testing)\//.test(path) ||
    /\.test\.tsx?$/.test(path) ||
    /(?:^|\/)scripts\//.test(path) ||
    /(?:^|\/)[\w.-]+\.config\.(?:ts|mjs)$/.test(path) ||
    path === 'prisma/seed.ts'
  );
}

/** Also the ways around the linter's rule: another name for the global, and the module. */
const reads =
  /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[\s*['"]env['"]\s*\]|\bglobalThis\s*(?:\?\.|\.)\s*process\b|from ['"](?:node:)?process['"]|\bimport\.meta\.env\b/;

const comment = /^\s*(?:\/?\*|\/\/)/;

/** One sentence for each line outside the allowed places that reads the environment. Comments may speak of it. */
export function findEnvironmentReads(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    if (mayReadEnvironment(path) || !/\.(?:tsx?|mjs|js)$/.test(path)) return [];
    return text
      .split('\n')
      .flatMap((line, index) =>
        reads.test(line) && !comment.test(line)
          ? [`${path}:${index + 1} reads the environment; take the value from the parsed configuration.`]
          : [],
      );
  });
}
