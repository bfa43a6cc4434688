import { Controller, Inject } from '@nestjs/common';
import { operations } from '@turnpike/contracts/operations';
import type {
  BalanceView,
  MembershipListView,
  MembershipView,
  OrganizationView,
} from '@turnpike/contracts/organizations';
import { getBalance } from '@turnpike/control/organizations/get-balance';
import { getMembership, listMemberships } from '@turnpike/control/organizations/read-organizations';
import { updateOrganization } from '@turnpike/control/organizations/update-organization';
import type { ControlContext, ControlServices } from '@turnpike/control/services';
import { CONTROL_SERVICES } from '../dependencies.ts';
import { Implements } from '../http/operation.decorator.ts';
import { Context, Input, Session } from '../http/request-context.decorator.ts';
import type { RequestSession } from '../http/request-facts.ts';
import type { InputOf } from '../http/validate-input.ts';

@Controller()
export class OrganizationsController {
  readonly #services: ControlServices;

  constructor(@Inject(CONTROL_SERVICES) services: ControlServices) {
    this.#services = services;
  }

  @Implements(operations.listOrganizations)
  list(@Session() { identity }: RequestSession): Promise<MembershipListView> {
    return listMemberships(this.#services, identity);
  }

  @Implements(operations.getOrganization)
  get(@Context() context: ControlContext): Promise<MembershipView> {
    return getMembership(context);
  }

  @Implements(operations.updateOrganization)
  update(
    @Context() context: ControlContext,
    @Input() { body }: InputOf<typeof operations.updateOrganization>,
  ): Promise<OrganizationView> {
    return updateOrganization(context, body);
  }

  @Implements(operations.getBalance)
  balance(@Context() context: ControlContext): Promise<BalanceView> {
    return getBalance(context);
  }
}
