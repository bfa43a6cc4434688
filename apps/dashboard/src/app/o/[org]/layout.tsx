import { cookies } from 'next/headers';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { AppFrame } from '#features/shell/app-frame.tsx';
import { QueryProvider } from '#features/shell/query-provider.tsx';
import { readProjects } from '#features/shell/queries.ts';
import { ScopeProvider } from '#features/shell/scope.tsx';
import { themeCookie, themeOf } from '#lib/theme.ts';
import { config } from '#server/main.ts';
import { requireMembership } from '#server/actor.ts';
import { requireSession } from '#server/session.ts';

/** Pages of an organization. The check here is for the frame: every page checks for itself before it reads. */
export default async function OrganizationLayout({ children, params }: LayoutProps<'/o/[org]'>) {
  const { org } = await params;
  const [session, membership, cookieStore] = await Promise.all([
    requireSession(`/o/${org}`),
    requireMembership(org),
    cookies(),
  ]);
  return (
    <QueryProvider>
      <ScopeProvider
        user={session.user}
        membership={membership}
        memberships={session.memberships}
        projects={await readProjects(org)}
        gatewayUrl={config().upstreams.gatewayPublicUrl}
      >
        <NuqsAdapter>
          <AppFrame theme={themeOf(cookieStore.get(themeCookie)?.value)}>{children}</AppFrame>
        </NuqsAdapter>
      </ScopeProvider>
    </QueryProvider>
  );
}
