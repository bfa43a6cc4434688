'use client';

import { ChevronsUpDown, FolderPlus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { pathInProject, projectOfPath, routes } from '#lib/routes.ts';
import { Menu } from '#ui/menu.tsx';
import { usePanel } from '#ui/use-panel.ts';
import { useScope } from './scope.tsx';

const CreateProjectDialog = dynamic(() =>
  import('./create-project-dialog.tsx').then((module) => module.CreateProjectDialog),
);

/** Changes the organization or the project, and keeps the page. */
export function ScopeSwitcher() {
  const { membership, memberships, projects, project, organizationId, may } = useScope();
  const path = usePathname();
  const panel = usePanel<'create'>();
  const current = projectOfPath(path);
  const { name } = membership.organization;
  return (
    <>
      <Menu
        align="start"
        className="w-60"
        trigger={
          <button
            type="button"
            className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left transition-colors duration-(--duration-fast) hover:bg-hover data-popup-open:bg-hover"
          >
            <Monogram name={name} />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-semibold">{name}</span>
              <span className="block truncate text-xs text-subtle">{project?.name ?? 'No project'}</span>
            </span>
            <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-subtle" />
            <span className="sr-only">Switch project or organization</span>
          </button>
        }
        entries={[
          { kind: 'heading', label: `Projects of ${name}` },
          ...projects.map((each) => ({
            kind: 'link' as const,
            label: each.name,
            href: pathInProject(path, organizationId, each.id),
            isCurrent: each.id === current,
          })),
          ...(may('project.create')
            ? [
                {
                  kind: 'action' as const,
                  label: 'New project',
                  icon: <FolderPlus aria-hidden />,
                  onSelect: () => panel.open('create'),
                },
              ]
            : []),
          ...(memberships.length > 1
            ? [
                { kind: 'separator' as const },
                { kind: 'heading' as const, label: 'Organizations' },
                ...memberships.map(({ organization, role }) => ({
                  kind: 'link' as const,
                  label: organization.name,
                  href: routes.home(organization.id),
                  isCurrent: organization.id === organizationId,
                  aside: role,
                })),
              ]
            : []),
        ]}
      />
      {panel.shown !== undefined && (
        <CreateProjectDialog isOpen={panel.isOpen} onOpenChange={panel.close} onClosed={panel.forget} />
      )}
    </>
  );
}

function Monogram({ name }: { readonly name: string }) {
  return (
    <span
      aria-hidden
      className="flex size-7 shrink-0 items-center justify-center rounded-md bg-inverse text-xs font-semibold text-on-inverse uppercase"
    >
      {initialOf(name)}
    </span>
  );
}

/** The first letter as a reader counts letters: an emoji or an accent is not cut in two. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter('en').segment(name.trim());
  return first?.segment ?? '·';
}
