import type { EnvGroup } from './define-config.ts';
import type { EnvVariableFacts } from './env-variable.ts';

interface ConfigOfProcess {
  readonly groups: readonly EnvGroup[];
}

const lineWidth = 110;

/**
 * Writes `.env.example` for a set of processes by name: each variable once, under its first group, with its
 * description, the processes that read it, and its default. Variables with a default are commented out.
 */
export function renderEnvExample(processes: Readonly<Record<string, ConfigOfProcess>>): string {
  const readersByName = new Map<string, string[]>();
  const groupsByTitle = new Map<string, Map<string, EnvVariableFacts>>();
  for (const [process, { groups }] of Object.entries(processes)) {
    for (const { title, variables } of groups) {
      const group = groupsByTitle.get(title) ?? new Map<string, EnvVariableFacts>();
      groupsByTitle.set(title, group);
      for (const variable of variables) {
        const readers = readersByName.get(variable.name);
        if (readers === undefined) {
          readersByName.set(variable.name, [process]);
          group.set(variable.name, variable);
        } else if (!readers.includes(process)) {
          readers.push(process);
        }
      }
    }
  }
  const sections = [...groupsByTitle]
    .filter(([, variables]) => variables.size > 0)
    .map(([title, variables]) => renderGroup(title, [...variables.values()], readersByName));
  return `# Generated from the configuration schemas: npm run env:example\n\n${sections.join('\n')}`;
}

function renderGroup(
  title: string,
  variables: readonly EnvVariableFacts[],
  readersByName: ReadonlyMap<string, readonly string[]>,
): string {
  const blocks = variables.map((variable) => {
    const readers = (readersByName.get(variable.name) ?? []).join(', ');
    const need = variable.isRequired ? 'Required' : variable.defaultText === undefined ? 'Optional' : 'Default below';
    const comment = wrap(`${variable.description} ${need}. Read by: ${readers}.`);
    const assignment = `${variable.name}=${variable.defaultText ?? ''}`;
    return `${comment}\n${variable.isRequired ? '' : '# '}${assignment}\n`;
  });
  return `## ${title}\n\n${blocks.join('\n')}`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > lineWidth && line !== '#') {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
