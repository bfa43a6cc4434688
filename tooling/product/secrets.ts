import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, Failure } from '../failure.ts';
import { isRolePasswords, newRolePasswords, type RolePasswords } from './database-roles.ts';

/** What a local installation keeps secret. All are base64url, so they may stand in URLs and files as they are. */
export interface ProductSecrets {
  /** API keys are digested with it; another one makes all keys unknown. */
  readonly apiKeyPepper: string;
  /** Sessions are digested with it; another one signs everybody out. */
  readonly sessionPepper: string;
  /** Seals the provider credentials that tenants bring. */
  readonly masterKey: string;
  readonly rolePasswords: RolePasswords;
}

const secretBytes = 32;

function newSecrets(): ProductSecrets {
  const secret = () => randomBytes(secretBytes).toString('base64url');
  return { apiKeyPepper: secret(), sessionPepper: secret(), masterKey: secret(), rolePasswords: newRolePasswords() };
}

function isSecrets(value: unknown): value is ProductSecrets {
  const names = ['apiKeyPepper', 'sessionPepper', 'masterKey'];
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === 'string') &&
    'rolePasswords' in value &&
    isRolePasswords(value.rolePasswords)
  );
}

/** The secrets kept in `file`, made at the first call and readable by its owner alone. Throws a `Failure` for a damaged file. */
export function keptSecrets(file: string): ProductSecrets {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const secrets = newSecrets();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
    return secrets;
  }
  const kept = parseJson(text);
  if (isSecrets(kept)) return kept;
  throw new Failure(
    `${file} is damaged. Remove it and run "npm start -- --fresh": the data needs the secrets it was made with.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
