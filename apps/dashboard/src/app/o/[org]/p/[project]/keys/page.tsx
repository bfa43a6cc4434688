import { Ban } from 'lucide-react';
import type { Metadata } from 'next';
import { loadKeyFilter } from '#features/api-keys/key-list-query.ts';
import { KeysPage } from '#features/api-keys/keys-page.tsx';
import { readKeys } from '#features/api-keys/queries.ts';
import { NotAllowed } from '#features/shell/not-allowed.tsx';
import { requireProject } from '#features/shell/queries.ts';
import { requireMembership } from '#server/actor.ts';

export const metadata: Metadata = { title: 'Keys' };

export default async function Page({ params, searchParams }: PageProps<'/o/[org]/p/[project]/keys'>) {
  const { org, project } = await params;
  const membership = await requireMembership(org);
  await requireProject(org, project);
  if (!membership.permissions.includes('api_key.read')) {
    return <NotAllowed icon={<Ban />} what="keys" role={membership.role} />;
  }
  return (
    <KeysPage
      key={project}
      projectId={project}
      initial={await readKeys(org, project, await loadKeyFilter(searchParams))}
    />
  );
}
