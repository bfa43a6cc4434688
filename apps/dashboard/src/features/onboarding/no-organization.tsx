import { Building2 } from 'lucide-react';
import { Brand } from '#ui/brand.tsx';
import { EmptyState } from '#ui/empty-state.tsx';

/** Somebody who is in no organization: removed from the last one, or not invited yet. */
export function NoOrganization({ email }: { readonly email: string }) {
  return (
    <main className="flex min-h-dvh flex-col px-5 py-6 sm:px-10">
      <Brand />
      <div className="flex flex-1 items-center justify-center">
        <EmptyState kind="not-allowed" icon={<Building2 />} title="You are in no organization">
          Ask an owner or an admin of yours to invite {email}.
        </EmptyState>
      </div>
    </main>
  );
}
