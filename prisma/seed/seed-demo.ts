import type { ApiKeyKind } from '@turnpike/core/access/api-key';
import { makeApiKey, apiKeyRandomBytes } from '@turnpike/core/access/api-key';
import { renderId, type OrganizationId, type ProjectId } from '@turnpike/core/ids';
import { parseUsd } from '@turnpike/core/money';
import type { ChangedBy } from '@turnpike/db/audit';
import type { Database } from '@turnpike/db/client';
import type { RandomBytes } from '@turnpike/platform/crypto/digests';
import type { DemoFacts } from './demo-facts.ts';

/** What the seed works with besides the database. */
export interface SeedTools {
  /** The keyed digest that the gateway knows keys by. */
  readonly digestApiKey: (key: string) => Uint8Array;
  /** argon2id in PHC form. */
  readonly hashPassword: (password: string) => Promise<string>;
  readonly randomBytes: RandomBytes;
}

const email = 'demo@turnpike.local';
const trialCredit = parseUsd('25');
/** 24 letters and digits are 143 bits; nobody has to remember them. */
const passwordLength = 24;

/** Where the demo lives; found again, or just made. */
interface DemoTenant {
  readonly organizationId: OrganizationId;
  readonly projectId: ProjectId;
  /** Undefined when the demo was there already and its password is not known here. */
  readonly password: string | undefined;
}

/**
 * Makes the demo organization: prepaid with 25 dollars, open to unlisted models, with a project, a person and a key of
 * each kind. What `known` says of an earlier run is kept as long as it works; secrets that were lost are made anew, because
 * nobody can read them back. Throws Error when somebody else's account has the demo's address.
 */
export async function seedDemo(database: Database, tools: SeedTools, known: DemoFacts | undefined): Promise<DemoFacts> {
  const tenant = await openTenant(database, tools, known);
  const by: ChangedBy = {
    actor: { type: 'system', organizationId: tenant.organizationId, name: 'seed' },
    ip: undefined,
  };
  const keyOf = async (kind: ApiKeyKind, earlier: string | undefined): Promise<string> => {
    if (earlier !== undefined && (await isUsable(database, tools, tenant, earlier))) {
      return earlier;
    }
    const { secret, prefix, last4 } = makeApiKey(kind, tools.randomBytes(apiKeyRandomBytes));
    const created = await database.forOrganization(tenant.organizationId).apiKeys.create(
      {
        projectId: tenant.projectId,
        name: keyNames[kind],
        kind: kind === 'management' ? 'management' : 'inference',
        mode: kind === 'test' ? 'test' : 'live',
        digest: tools.digestApiKey(secret),
        prefix,
        last4,
      },
      by,
    );
    if (created === undefined) {
      throw new Error('The demo project does not take keys: it was archived.');
    }
    return secret;
  };
  return {
    email,
    password: tenant.password ?? (await resetPassword(database, tools)),
    organizationId: renderId('organization', tenant.organizationId),
    projectId: renderId('project', tenant.projectId),
    apiKey: await keyOf('live', known?.apiKey),
    testKey: await keyOf('test', known?.testKey),
    managementKey: await keyOf('management', known?.managementKey),
  };
}

const keyNames: Readonly<Record<ApiKeyKind, string>> = {
  live: 'Demo key',
  test: 'Demo test key',
  management: 'Demo management key',
};

async function openTenant(database: Database, tools: SeedTools, known: DemoFacts | undefined): Promise<DemoTenant> {
  const found = await database.findUserByEmail(email);
  if (found === undefined) {
    const password = makePassword(tools.randomBytes);
    const made = await database.signUp({
      email,
      name: 'Demo',
      passwordHash: await tools.hashPassword(password),
      organizationName: 'Demo',
      allowsUnlistedModels: true,
      trialCreditNanoUsd: trialCredit,
      ip: undefined,
    });
    if (made.outcome === 'created') {
      return { organizationId: made.organizationId, projectId: made.projectId, password };
    }
    // Another start made it a moment ago; then it is there now.
    return openTenant(database, tools, known);
  }
  const [membership] = await database.forUser(found.userId).memberships();
  if (membership === undefined) {
    throw new Error(`${email} belongs to no organization. Start with fresh data.`);
  }
  const organizationId = membership.organization.id;
  const [project] = await database.forOrganization(organizationId).projects.list();
  if (project === undefined) {
    throw new Error('The demo organization has no project. Start with fresh data.');
  }
  const isSame = known?.organizationId === renderId('organization', organizationId);
  return { organizationId, projectId: project.id, password: isSame ? known.password : undefined };
}

async function isUsable(database: Database, tools: SeedTools, tenant: DemoTenant, key: string): Promise<boolean> {
  const principal = await database.findPrincipal(tools.digestApiKey(key));
  return principal?.organizationId === tenant.organizationId && principal.status === 'active';
}

async function resetPassword(database: Database, tools: SeedTools): Promise<string> {
  const found = await database.findUserByEmail(email);
  const password = makePassword(tools.randomBytes);
  if (found !== undefined) {
    await database.forUser(found.userId).setPasswordHash(await tools.hashPassword(password));
  }
  return password;
}

function makePassword(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(passwordLength))
    .toString('base64url')
    .replaceAll(/[-_]/g, 'x')
    .slice(0, passwordLength);
}
