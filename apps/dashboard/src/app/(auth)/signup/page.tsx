import { Lock } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { AuthFrame } from '#features/auth/auth-frame.tsx';
import { SignUpForm } from '#features/auth/sign-up-form.tsx';
import { readPublicFacts } from '#features/landing/queries.ts';
import { formatMoney, isZeroUsd } from '#lib/format-money.ts';
import { readSession } from '#server/session.ts';
import { EmptyState } from '#ui/empty-state.tsx';

export const metadata: Metadata = { title: 'Create an account' };

export default async function SignUpPage() {
  if ((await readSession()) !== undefined) {
    redirect('/o');
  }
  const { platform } = await readPublicFacts();
  const trialUsd = platform?.trialCreditUsd;
  return (
    <AuthFrame
      title="Create an account"
      subtitle={
        trialUsd === undefined || isZeroUsd(trialUsd)
          ? 'A key and your first call in a minute.'
          : `A key and your first call in a minute, with ${formatMoney(trialUsd).text} of credit to try it.`
      }
      footer={
        <>
          Have an account?{' '}
          <Link href="/login" className="font-medium text-accent-text underline-offset-4 hover:underline">
            Sign in
          </Link>
        </>
      }
    >
      {platform?.signUpMode === 'closed' ? (
        <EmptyState
          kind="not-allowed"
          icon={<Lock />}
          title="Sign-up is closed"
          className="rounded-lg bg-surface py-8! shadow-card"
        >
          Whoever runs this Turnpike invites its people. Ask them for an invitation.
        </EmptyState>
      ) : (
        <SignUpForm />
      )}
    </AuthFrame>
  );
}
