import { redirect } from 'next/navigation';
import { requireSession } from '#server/session.ts';

/** The way in without an address: the first organization that the person belongs to. */
export default async function OrganizationsPage() {
  const session = await requireSession('/o');
  const first = session.memberships[0];
  redirect(first === undefined ? '/onboarding' : `/o/${first.organization.id}`);
}
