import type { OrganizationView, UpdateOrganizationInput } from '@turnpike/contracts/organizations';
import { assertMay } from '@turnpike/core/access/authorize-actor';
import { GatewayError } from '@turnpike/core/errors';
import type { ControlContext } from '../services.ts';
import { renderOrganization } from './render-organization.ts';

/**
 * Renames the organization or changes its settings. Gateways follow within ten seconds, when what they remember of
 * its keys gets old. Throws GatewayError `access_denied`.
 */
export async function updateOrganization(
  context: ControlContext,
  { name, allowsUnlistedModels }: UpdateOrganizationInput,
): Promise<OrganizationView> {
  const { actor, database } = context;
  assertMay(actor, 'organization.update');
  const { organization } = database.forOrganization(actor.organizationId);
  const settings = {
    ...(name === undefined ? {} : { name }),
    ...(allowsUnlistedModels === undefined ? {} : { allowsUnlistedModels }),
  };
  const isChange = Object.keys(settings).length > 0;
  const updated = isChange ? await organization.update(settings, context) : await organization.find();
  if (updated === undefined) {
    throw new GatewayError('not_found', 'There is no such organization.');
  }
  return renderOrganization(updated);
}
