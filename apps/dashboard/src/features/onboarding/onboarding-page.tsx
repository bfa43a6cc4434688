'use client';

import { ArrowRight, KeyRound } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { NewSecret, TryKey } from '#features/api-keys/key-secret.tsx';
import { useScope } from '#features/shell/scope.tsx';
import { toApiError } from '#lib/api-error.ts';
import { routes } from '#lib/routes.ts';
import type { Theme } from '#lib/theme.ts';
import { Brand } from '#ui/brand.tsx';
import { Button, ButtonLink } from '#ui/button.tsx';
import { cx } from '#ui/cx.ts';
import { Problem } from '#ui/problem.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { ThemeToggle } from '#ui/theme-toggle.tsx';
import { FirstCallCard } from './first-call-card.tsx';
import { useFirstCall } from './use-first-call.ts';
import { useFirstKey, type FirstKey } from './use-first-key.ts';

/** From a new account to the first answer: the key, the call, the proof. */
export function OnboardingPage({ theme }: { readonly theme: Theme }) {
  const { organizationId, gatewayUrl, membership } = useScope();
  const key = useFirstKey();
  const created = key.state === 'created' ? key.created : undefined;
  const call = useFirstCall(organizationId, created?.apiKey.id);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="mx-auto flex w-full max-w-3xl items-center justify-between gap-4 px-5 py-5 sm:px-8">
        <Link href={routes.home(organizationId)} aria-label="Turnpike, your dashboard">
          <Brand />
        </Link>
        <ButtonLink href={routes.home(organizationId)} variant="ghost">
          {call === undefined ? 'Skip for now' : 'Go to the dashboard'}
          <ArrowRight aria-hidden />
        </ButtonLink>
      </header>
      <main className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-9 px-5 pt-4 pb-20 sm:px-8">
        <div className="flex flex-col gap-1.5">
          <h1 className="text-2xl font-semibold">Your first call</h1>
          <p className="text-base text-pretty text-muted">
            {membership.organization.name} is set up. This key works now: copy it, run the call, and see what it cost.
          </p>
        </div>
        <ol className="flex flex-col">
          <Step number={1} title="Your key" isDone={created !== undefined}>
            <KeyStep firstKey={key} organizationName={membership.organization.name} />
          </Step>
          <Step number={2} title="Make the call" isDone={call !== undefined}>
            {created === undefined ? (
              <p className="text-sm text-subtle">The snippets are filled in as soon as there is a key.</p>
            ) : (
              <TryKey secret={created.secret} gatewayUrl={gatewayUrl} />
            )}
          </Step>
          <Step number={3} title="See it arrive" isDone={call?.status === 'success'} isLast>
            <FirstCallCard call={call} />
          </Step>
        </ol>
      </main>
      <footer className="mx-auto flex w-full max-w-3xl justify-end px-5 pb-6 sm:px-8">
        <ThemeToggle initial={theme} />
      </footer>
    </div>
  );
}

function KeyStep({ firstKey, organizationName }: { readonly firstKey: FirstKey; readonly organizationName: string }) {
  switch (firstKey.state) {
    case 'working':
      return <Skeleton className="h-24 w-full rounded-md!" />;
    case 'created':
      return <NewSecret created={firstKey.created} />;
    case 'has-keys':
      return (
        <div className="flex flex-col items-start gap-3">
          <p className="text-sm text-pretty text-muted">
            This project has a key already, and a secret is shown once only. If you no longer have it, create another
            one.
          </p>
          <Button onClick={firstKey.create}>
            <KeyRound aria-hidden />
            Create another key
          </Button>
        </div>
      );
    case 'not-allowed':
      return (
        <p className="text-sm text-pretty text-muted">
          Your role does not include creating keys. An owner, an admin or a developer of {organizationName} can give you
          one.
        </p>
      );
    case 'failed': {
      const { message, requestId } = toApiError(firstKey.error);
      return (
        <Problem title="The key was not created" message={message} requestId={requestId} onRetry={firstKey.retry} />
      );
    }
  }
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly isDone: boolean;
  readonly isLast?: boolean;
  readonly children: ReactNode;
}

function Step({ number, title, isDone, isLast = false, children }: StepProps) {
  return (
    <li className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-4">
      <div className="flex flex-col items-center">
        <span
          aria-hidden
          className={cx(
            'tabular flex size-7 items-center justify-center rounded-full text-xs font-semibold transition-colors duration-(--duration-slow)',
            isDone ? 'bg-accent text-on-accent' : 'bg-surface text-muted shadow-card',
          )}
        >
          {number}
        </span>
        {!isLast && <span aria-hidden className={cx('w-px flex-1', isDone ? 'bg-accent' : 'bg-line-strong')} />}
      </div>
      <section aria-label={title} className={cx('flex min-w-0 flex-col gap-3 pt-0.5', isLast ? 'pb-0' : 'pb-10')}>
        <h2 className="text-md font-semibold">{title}</h2>
        {children}
      </section>
    </li>
  );
}
