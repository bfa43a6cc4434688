import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderEnvExample } from '@turnpike/platform/config/render-env-example';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';

type Configuration = Parameters<typeof renderEnvExample>[0][string];

/** Where an app declares its configuration; Next keeps server code in a folder of its own. */
const places = ['src/config.ts', 'src/server/config.ts'];

function isConfiguration(value: unknown): value is Configuration {
  return (
    typeof value === 'object' && value !== null && 'groups' in value && Array.isArray(value.groups) && 'parse' in value
  );
}

async function configurationOf(app: string): Promise<Configuration> {
  const file = places.map((place) => join(root, 'apps', app, place)).find((path) => existsSync(path));
  if (file === undefined) throw new Failure(`apps/${app} declares no configuration in ${places.join(' or ')}.`);
  const exported: unknown = await import(pathToFileURL(file).href);
  const found =
    typeof exported === 'object' && exported !== null ? Object.values(exported).find(isConfiguration) : undefined;
  if (found === undefined) throw new Failure(`apps/${app} exports nothing made by defineConfig from its config.ts.`);
  return found;
}

/** The text of .env.example: every variable that a process of the product reads. */
export async function envExample(): Promise<string> {
  const processes: Record<string, Configuration> = {};
  for (const app of readdirSync(join(root, 'apps')).sort()) processes[app] = await configurationOf(app);
  return renderEnvExample(processes);
}
