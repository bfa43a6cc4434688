import { Check } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Brand } from '#ui/brand.tsx';

interface AuthFrameProps {
  readonly title: string;
  readonly subtitle: ReactNode;
  readonly footer: ReactNode;
  readonly children: ReactNode;
}

const reasons = [
  ['Every call answered', 'Failover before the first word, errors in your protocol after it.'],
  ['Every limit kept', 'Money is held before a call starts, so a ceiling is a ceiling.'],
  ['Every cent accounted for', 'Each request shows its cost line by line, with the price and its date.'],
] as const;

/** The frame of the pages before a session: the form, and beside it what it is for. */
export function AuthFrame({ title, subtitle, footer, children }: AuthFrameProps) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,0.82fr)]">
      <main className="flex flex-col px-5 py-6 sm:px-10">
        <Link href="/" aria-label="Turnpike, start page" className="self-start">
          <Brand />
        </Link>
        <div className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center gap-7 py-10">
          <div className="flex flex-col gap-1.5">
            <h1 className="text-2xl font-semibold">{title}</h1>
            <p className="text-base text-pretty text-muted">{subtitle}</p>
          </div>
          {children}
          <p className="text-sm text-muted">{footer}</p>
        </div>
      </main>
      <aside className="relative hidden overflow-hidden border-l border-line bg-sunken lg:flex lg:flex-col lg:justify-center">
        <Lanes />
        <ul className="relative mx-auto flex max-w-md flex-col gap-7 rounded-xl bg-sunken px-8 py-8">
          {reasons.map(([name, words]) => (
            <li key={name} className="flex gap-3.5">
              <span className="mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent">
                <Check aria-hidden className="size-3" strokeWidth={3} />
              </span>
              <div className="flex flex-col gap-0.5">
                <p className="text-md font-medium">{name}</p>
                <p className="text-sm text-pretty text-muted">{words}</p>
              </div>
            </li>
          ))}
        </ul>
      </aside>
    </div>
  );
}

/** Lanes that come together at the barrier: the brand's idea, drawn in hairlines. */
function Lanes() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 600 900"
      preserveAspectRatio="xMidYMid slice"
      className="absolute inset-0 size-full stroke-line-strong"
      fill="none"
    >
      {[-288, -192, -96, 0, 96, 192, 288].map((offset) => (
        <path
          key={offset}
          d={`M${300 + offset} 0 C ${300 + offset} 320, 300 420, 300 900`}
          strokeWidth="1"
          strokeDasharray="1 7"
          strokeLinecap="round"
        />
      ))}
    </svg>
  );
}
