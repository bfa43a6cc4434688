import type { MemberId, OrganizationId, ProjectId, UserId } from '@turnpike/core/ids';
import type { NanoUsd } from '@turnpike/core/money';
import type { Connection } from '../connection.ts';
import { newId } from '../new-id.ts';
import { isUniqueViolation } from '../sql-error.ts';
import { createTenantScope } from '../tenant-scope.ts';
import { appendAudit } from './audit.ts';
import { grantTrialCredit } from './ledger.ts';

/** A person and the organization that they open. */
export interface SignUp {
  /** Stored in lower case and trimmed. */
  readonly email: string;
  readonly name: string;
  /** argon2id in PHC form. */
  readonly passwordHash: string;
  readonly organizationName: string;
  /** Default: Default. */
  readonly projectName?: string;
  readonly allowsUnlistedModels?: boolean;
  /** Nothing is granted when it is zero. */
  readonly trialCreditNanoUsd: NanoUsd;
  readonly ip: string | undefined;
}

export type SignUpResult =
  | {
      readonly outcome: 'created';
      readonly organizationId: OrganizationId;
      readonly projectId: ProjectId;
      readonly userId: UserId;
      readonly memberId: MemberId;
    }
  | { readonly outcome: 'email-taken' };

/** Opens an organization with its default project, its owner and its trial credit: all of it or nothing. */
export async function signUp(connection: Connection, input: SignUp): Promise<SignUpResult> {
  const organizationId = newId<'organization'>();
  const projectId = newId<'project'>();
  const userId = newId<'user'>();
  const memberId = newId<'member'>();
  const updatedAt = new Date();
  const scope = createTenantScope(connection, organizationId, { userId });
  try {
    await scope.change(async (transaction) => {
      await transaction.user.createMany({
        data: {
          id: userId,
          email: input.email.trim().toLowerCase(),
          name: input.name,
          passwordHash: input.passwordHash,
          updatedAt,
        },
      });
      await transaction.organization.createMany({
        data: {
          id: organizationId,
          name: input.organizationName,
          slug: makeSlug(input.organizationName, organizationId),
          allowsUnlistedModels: input.allowsUnlistedModels ?? false,
          updatedAt,
        },
      });
      await transaction.project.createMany({
        data: { id: projectId, organizationId, name: input.projectName ?? 'Default', isDefault: true, updatedAt },
      });
      await transaction.member.createMany({
        data: { id: memberId, organizationId, userId, role: 'owner', updatedAt },
      });
      if (input.trialCreditNanoUsd > 0n) {
        await grantTrialCredit(transaction, organizationId, input.trialCreditNanoUsd);
      }
      await appendAudit(
        transaction,
        organizationId,
        { actor: { type: 'system', organizationId, name: 'sign-up' }, ip: input.ip },
        {
          action: 'organization.created',
          targetType: 'organization',
          targetId: organizationId,
          detail: { name: input.organizationName, ownerUserId: userId },
        },
      );
    });
  } catch (error) {
    // Every other unique value in this transaction holds an id that was minted a moment ago.
    if (isUniqueViolation(error)) {
      return { outcome: 'email-taken' };
    }
    throw error;
  }
  return { outcome: 'created', organizationId, projectId, userId, memberId };
}

const maxSlugWordLength = 40;

/** `Ärzte & Co` → `arzte-co-7f3a9c21`: readable, and unique by the random tail of the id. */
function makeSlug(name: string, organizationId: OrganizationId): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, maxSlugWordLength)
    .replaceAll(/^-+|-+$/g, '');
  return `${words === '' ? 'organization' : words}-${organizationId.slice(-8)}`;
}
