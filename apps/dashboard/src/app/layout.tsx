import { CSPProvider } from '@base-ui/react/csp-provider';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import type { ReactNode } from 'react';
import { themeCookie, themeOf } from '#lib/theme.ts';
import { Toaster } from '#ui/toaster.tsx';
import '#styles/globals.css';

export const metadata: Metadata = {
  title: { default: 'Turnpike', template: '%s · Turnpike' },
  description: 'One OpenAI-compatible endpoint in front of every model provider.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafbfa' },
    { media: '(prefers-color-scheme: dark)', color: '#0d0f0e' },
  ],
};

/** The frame of every page. The theme stands in the first HTML, so that nothing flashes. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [cookieStore, headerList] = await Promise.all([cookies(), headers()]);
  const theme = themeOf(cookieStore.get(themeCookie)?.value);
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      {...(theme === 'system' ? {} : { 'data-theme': theme })}
      // The theme toggle changes the attribute in the page; React must not put it back.
      suppressHydrationWarning
    >
      <body>
        <CSPProvider nonce={headerList.get('x-nonce') ?? undefined}>
          <div className="app-root">{children}</div>
          <Toaster />
        </CSPProvider>
      </body>
    </html>
  );
}
