import { Signpost } from 'lucide-react';
import { ButtonLink } from '#ui/button.tsx';
import { Brand } from '#ui/brand.tsx';
import { EmptyState } from '#ui/empty-state.tsx';

export default function NotFoundPage() {
  return (
    <main className="flex min-h-dvh flex-col px-5 py-6 sm:px-10">
      <Brand />
      <div className="flex flex-1 items-center justify-center">
        <EmptyState
          kind="no-match"
          icon={<Signpost />}
          title="This road leads nowhere"
          action={
            <>
              <ButtonLink href="/o" variant="primary">
                Go to your dashboard
              </ButtonLink>
              <ButtonLink href="/">Start page</ButtonLink>
            </>
          }
        >
          The page does not exist, or it belongs to an organization that you are not a member of. Whoever sent you the
          link can invite you.
        </EmptyState>
      </div>
    </main>
  );
}
