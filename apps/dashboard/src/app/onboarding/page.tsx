import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { OnboardingPage } from '#features/onboarding/onboarding-page.tsx';
import { NoOrganization } from '#features/onboarding/no-organization.tsx';
import { readProjects } from '#features/shell/queries.ts';
import { QueryProvider } from '#features/shell/query-provider.tsx';
import { ScopeProvider } from '#features/shell/scope.tsx';
import { themeCookie, themeOf } from '#lib/theme.ts';
import { config } from '#server/main.ts';
import { requireSession } from '#server/session.ts';

export const metadata: Metadata = { title: 'Your first call' };

export default async function Page({ searchParams }: PageProps<'/onboarding'>) {
  const [session, { org }, cookieStore] = await Promise.all([requireSession('/onboarding'), searchParams, cookies()]);
  const membership = session.memberships.find((each) => each.organization.id === org) ?? session.memberships[0];
  if (membership === undefined) {
    return <NoOrganization email={session.user.email} />;
  }
  const organizationId = membership.organization.id;
  const projects = await readProjects(organizationId);
  return (
    <QueryProvider>
      <ScopeProvider
        user={session.user}
        membership={membership}
        memberships={session.memberships}
        projects={projects}
        gatewayUrl={config().upstreams.gatewayPublicUrl}
      >
        <OnboardingPage theme={themeOf(cookieStore.get(themeCookie)?.value)} />
      </ScopeProvider>
    </QueryProvider>
  );
}
