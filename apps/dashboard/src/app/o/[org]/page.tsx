import type { Metadata } from 'next';
import { HomePage } from '#features/home/home-page.tsx';
import { readHome } from '#features/home/queries.ts';
import { requireMembership } from '#server/actor.ts';

export const metadata: Metadata = { title: 'Home' };

export default async function Page({ params }: PageProps<'/o/[org]'>) {
  const { org } = await params;
  const membership = await requireMembership(org);
  return <HomePage key={org} initial={await readHome(org, membership.permissions)} />;
}
