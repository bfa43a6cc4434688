import { z } from 'zod';
import { type EnvVariableFacts, factsOfVariable } from './env-variable.ts';

/** What the process was given: `process.env`, or any record in a test. */
export type EnvRecord = Readonly<Record<string, string | undefined>>;

/** A group of variables that belong together; parses an environment into the values of the group. */
export type EnvFragment<Values> = z.ZodType<Values>;

/** Contradictions between variables: one sentence each, naming the variables and never a value. */
export type ConfigCheck<Config> = (config: Config) => readonly string[];

export interface ConfigDefinition<Config> {
  /** Groups in the order they were declared, for `.env.example`. */
  readonly groups: readonly EnvGroup[];
  /** Reads the whole configuration, frozen. Throws ConfigError with every problem at once. */
  parse(env: EnvRecord): Config;
}

export interface EnvGroup {
  readonly title: string;
  readonly variables: readonly EnvVariableFacts[];
}

/** Every problem of a configuration, by the name of the variable. Values never appear in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

interface KnownGroup extends EnvGroup {
  readonly namesByKey: ReadonlyMap<string, string>;
}

const groups = new WeakMap<z.core.$ZodType, KnownGroup>();

/**
 * Declares a group of variables: keys of the result to variables, as in `{ url: envVariable('REDIS_URL', …) }`.
 * Throws when a member is not made by `envVariable` or `optionalEnvVariable`.
 */
export function defineEnvFragment<Shape extends Readonly<Record<string, z.ZodType>>>(
  title: string,
  shape: Shape,
): EnvFragment<z.output<z.ZodObject<Shape>>> {
  const facts = Object.entries(shape).map(([key, schema]) => {
    const found = factsOfVariable(schema);
    if (found === undefined) {
      throw new TypeError(`The member ${key} of the fragment ${title} is not an environment variable.`);
    }
    return [key, found] as const;
  });
  const fragment = z.preprocess(
    (env: EnvRecord) => Object.fromEntries(facts.map(([key, { name }]) => [key, givenText(env, name)])),
    z.object(shape),
  );
  groups.set(fragment, {
    title,
    variables: facts.map(([, variable]) => variable),
    namesByKey: new Map(facts.map(([key, variable]) => [key, variable.name])),
  });
  return fragment;
}

/**
 * Declares the configuration of a process: its fragments by name, and checks across them. The checks run only when
 * every variable is readable. Throws TypeError when two fragments declare one variable differently.
 */
export function defineConfig<Shape extends Readonly<Record<string, z.ZodType>>>(
  fragments: Shape,
  checks: readonly ConfigCheck<z.output<z.ZodObject<Shape>>>[] = [],
): ConfigDefinition<Readonly<z.output<z.ZodObject<Shape>>>> {
  const schema = z.object(fragments);
  const known = Object.entries(fragments).map(([key, fragment]) => {
    const group = groups.get(fragment);
    if (group === undefined) {
      throw new TypeError(`The member ${key} of the configuration is not made by defineEnvFragment.`);
    }
    return [key, group] as const;
  });
  const groupsByKey = new Map(known);
  assertOneMeaningPerName(known.flatMap(([, { variables }]) => variables));
  return {
    groups: known.map(([, { title, variables }]) => ({ title, variables })),
    parse(env) {
      const result = schema.safeParse(Object.fromEntries(known.map(([key]) => [key, env])));
      if (!result.success) {
        throw new ConfigError(result.error.issues.map((issue) => describeIssue(issue, groupsByKey, env)));
      }
      const problems = checks.flatMap((check) => check(result.data));
      if (problems.length > 0) {
        throw new ConfigError(problems);
      }
      return freezeDeep(result.data);
    },
  };
}

function describeIssue(
  { path, message }: z.core.$ZodIssue,
  groupsByKey: ReadonlyMap<string, KnownGroup>,
  env: EnvRecord,
): string {
  const [groupKey, variableKey] = path.map(String);
  const name = groupsByKey.get(groupKey ?? '')?.namesByKey.get(variableKey ?? '') ?? 'configuration';
  const given = givenText(env, name);
  if (given === undefined) {
    return `${name} is required.`;
  }
  // A schema that quotes what it was given must not print a secret; shorter texts occur in messages by chance.
  return given.length >= 4 && message.includes(given) ? `${name} is not valid.` : `${name} ${message}.`;
}

/** An empty variable counts as absent: `NAME=` in a file is how people leave one out. */
function givenText(env: EnvRecord, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function assertOneMeaningPerName(variables: readonly EnvVariableFacts[]): void {
  const seen = new Map<string, EnvVariableFacts>();
  for (const variable of variables) {
    const other = seen.get(variable.name);
    if (other !== undefined && other !== variable) {
      throw new TypeError(`The variable ${variable.name} is declared twice in one configuration.`);
    }
    seen.set(variable.name, variable);
  }
}

function freezeDeep<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) {
      freezeDeep(member);
    }
  }
  return value;
}
