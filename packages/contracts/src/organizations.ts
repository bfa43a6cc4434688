import { roles } from '@turnpike/core/access/roles';
import { z } from 'zod';
import { idIn, idOut, nameIn, nanoUsdAmount, pageOf, timestamp, usdAmount } from './primitives.ts';

/** What the organization can spend. All amounts come from the ledger; `available` also subtracts usage not yet posted. */
export const balanceSchema = z
  .object({
    postedUsd: usdAmount,
    postedNanoUsd: nanoUsdAmount,
    unpostedUsd: usdAmount.meta({ description: 'Usage that is recorded and not yet in the ledger.' }),
    unpostedNanoUsd: nanoUsdAmount,
    availableUsd: usdAmount,
    availableNanoUsd: nanoUsdAmount,
    asOf: timestamp,
  })
  .meta({ id: 'Balance' });

export type BalanceView = z.infer<typeof balanceSchema>;

export const organizationSchema = z
  .object({
    id: idOut('organization'),
    name: z.string(),
    status: z.enum(['active', 'suspended']),
    allowsUnlistedModels: z
      .boolean()
      .meta({ description: 'Model names outside the catalogue go to the named provider.' }),
    createdAt: timestamp,
  })
  .meta({ id: 'Organization' });

export type OrganizationView = z.infer<typeof organizationSchema>;

export const membershipSchema = z
  .object({
    memberId: idOut('member'),
    role: z.enum(roles),
    permissions: z.array(z.string()),
    organization: organizationSchema,
  })
  .meta({ id: 'Membership', description: 'An organization that you belong to, and what you may do there.' });

export type MembershipView = z.infer<typeof membershipSchema>;

export const membershipListSchema = z
  .object({ items: z.array(membershipSchema), nextCursor: z.null() })
  .meta({ id: 'MembershipList' });

export type MembershipListView = z.infer<typeof membershipListSchema>;

export const organizationParams = z.object({ organizationId: idIn('organization') });

export const updateOrganizationInput = z
  .strictObject({ name: nameIn().optional(), allowsUnlistedModels: z.boolean().optional() })
  .meta({ id: 'UpdateOrganization' });

export type UpdateOrganizationInput = z.output<typeof updateOrganizationInput>;

export const projectSchema = z
  .object({ id: idOut('project'), name: z.string(), isDefault: z.boolean(), createdAt: timestamp })
  .meta({ id: 'Project' });

export type ProjectView = z.infer<typeof projectSchema>;

export const projectListSchema = pageOf(projectSchema).meta({ id: 'ProjectList' });
export type ProjectListView = z.infer<typeof projectListSchema>;

export const projectParams = z.object({ organizationId: idIn('organization'), projectId: idIn('project') });

export const createProjectInput = z.strictObject({ name: nameIn() }).meta({ id: 'CreateProject' });
export type CreateProjectInput = z.output<typeof createProjectInput>;

export const updateProjectInput = z.strictObject({ name: nameIn() }).meta({ id: 'UpdateProject' });
export type UpdateProjectInput = z.output<typeof updateProjectInput>;
