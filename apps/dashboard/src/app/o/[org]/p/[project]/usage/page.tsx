import { Ban } from 'lucide-react';
import type { Metadata } from 'next';
import { NotAllowed } from '#features/shell/not-allowed.tsx';
import { requireProject } from '#features/shell/queries.ts';
import { readUsage } from '#features/usage/queries.ts';
import { loadUsageFilter } from '#features/usage/usage-filter.ts';
import { UsagePage } from '#features/usage/usage-page.tsx';
import { requireMembership } from '#server/actor.ts';

export const metadata: Metadata = { title: 'Usage' };

export default async function Page({ params, searchParams }: PageProps<'/o/[org]/p/[project]/usage'>) {
  const { org, project } = await params;
  const membership = await requireMembership(org);
  await requireProject(org, project);
  if (!membership.permissions.includes('usage.read')) {
    return <NotAllowed icon={<Ban />} what="usage" role={membership.role} />;
  }
  return (
    <UsagePage
      key={project}
      projectId={project}
      initial={await readUsage(org, project, await loadUsageFilter(searchParams))}
    />
  );
}
