import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Theme } from '#lib/theme.ts';
import { Brand } from '#ui/brand.tsx';
import { ButtonLink } from '#ui/button.tsx';
import { ThemeToggle } from '#ui/theme-toggle.tsx';

interface PublicFrameProps {
  readonly theme: Theme;
  readonly isSignedIn: boolean;
  readonly children: ReactNode;
}

/** Head and foot of the public pages. */
export function PublicFrame({ theme, isSignedIn, children }: PublicFrameProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#content" className="skip-link rounded-md bg-inverse px-3 py-2 text-sm text-on-inverse">
        Skip to the content
      </a>
      <header className="mx-auto flex w-full max-w-6xl items-center justify-between gap-4 px-5 py-4 sm:px-8">
        <Link href="/" aria-label="Turnpike, start page">
          <Brand />
        </Link>
        <nav aria-label="Account" className="flex items-center gap-1.5">
          {isSignedIn ? (
            <ButtonLink href="/o" variant="primary">
              Open the dashboard
            </ButtonLink>
          ) : (
            <>
              <ButtonLink href="/login" variant="ghost">
                Sign in
              </ButtonLink>
              <ButtonLink href="/signup" variant="primary">
                Create an account
              </ButtonLink>
            </>
          )}
        </nav>
      </header>
      <main id="content" className="flex-1">
        {children}
      </main>
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-4 px-5 py-6 text-xs text-subtle sm:px-8">
          <p>Turnpike is free software under the Apache License 2.0.</p>
          <ThemeToggle initial={theme} />
        </div>
      </footer>
    </div>
  );
}
