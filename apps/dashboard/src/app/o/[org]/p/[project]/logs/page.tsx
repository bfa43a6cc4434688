import { Ban } from 'lucide-react';
import type { Metadata } from 'next';
import { loadLogFilter } from '#features/logs/log-filter.ts';
import { LogsPage } from '#features/logs/logs-page.tsx';
import { readCalls } from '#features/logs/queries.ts';
import { NotAllowed } from '#features/shell/not-allowed.tsx';
import { requireProject } from '#features/shell/queries.ts';
import { requireMembership } from '#server/actor.ts';

export const metadata: Metadata = { title: 'Logs' };

export default async function Page({ params, searchParams }: PageProps<'/o/[org]/p/[project]/logs'>) {
  const { org, project } = await params;
  const membership = await requireMembership(org);
  await requireProject(org, project);
  if (!membership.permissions.includes('usage.read')) {
    return <NotAllowed icon={<Ban />} what="the request log" role={membership.role} />;
  }
  return (
    <LogsPage
      key={project}
      projectId={project}
      initial={await readCalls(org, project, await loadLogFilter(searchParams))}
    />
  );
}
