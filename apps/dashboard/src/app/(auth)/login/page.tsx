import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { AuthFrame } from '#features/auth/auth-frame.tsx';
import { LoginForm } from '#features/auth/login-form.tsx';
import { safePath } from '#lib/safe-path.ts';
import { readSession } from '#server/session.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function LoginPage({ searchParams }: PageProps<'/login'>) {
  const { next: wanted } = await searchParams;
  const next = safePath(typeof wanted === 'string' ? wanted : undefined, '/o');
  if ((await readSession()) !== undefined) {
    redirect(next);
  }
  return (
    <AuthFrame
      title="Sign in"
      subtitle="Welcome back."
      footer={
        <>
          New here?{' '}
          <Link href="/signup" className="font-medium text-accent-text underline-offset-4 hover:underline">
            Create an account
          </Link>
        </>
      }
    >
      <LoginForm next={next} />
    </AuthFrame>
  );
}
