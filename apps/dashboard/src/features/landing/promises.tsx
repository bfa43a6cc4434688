import { Gauge, PhoneCall, ReceiptText } from 'lucide-react';
import type { ReactNode } from 'react';

interface Pledge {
  readonly icon: ReactNode;
  readonly title: string;
  readonly words: string;
  readonly how: readonly string[];
}

const promises: readonly Pledge[] = [
  {
    icon: <PhoneCall aria-hidden />,
    title: 'Every call answered',
    words:
      'If a provider fails before the first word, the next one takes the call. After it, the stream tells you, in your protocol.',
    how: [
      'Retry and failover before the first content byte',
      'In-band errors, never a silent cut',
      'A closed tab stops the provider at once',
    ],
  },
  {
    icon: <Gauge aria-hidden />,
    title: 'Every limit kept',
    words:
      'The most a call can cost is held before it starts and settled when it ends. Ten dollars are ten dollars, also with a thousand calls in flight.',
    how: [
      'Requests, tokens and concurrency per key',
      'Holds in one atomic step',
      '402 and 429 say which limit, and when it resets',
    ],
  },
  {
    icon: <ReceiptText aria-hidden />,
    title: 'Every cent accounted for',
    words:
      'Usage is on disk before the last byte leaves. It is priced once, in billionths of a dollar, and posted to a double-entry ledger.',
    how: [
      'Cost line by line on every request',
      'Price id and date beside the amount',
      'No units, no multipliers: money is money',
    ],
  },
];

/** What the product stands for, each with the mechanism behind it. */
export function Promises() {
  return (
    <section aria-labelledby="promises" className="mx-auto max-w-6xl px-5 py-16 sm:px-8 lg:py-24">
      <h2 id="promises" className="max-w-2xl text-3xl font-semibold text-balance">
        Three promises, kept by design
      </h2>
      <div className="mt-10 grid gap-x-10 gap-y-12 md:grid-cols-3">
        {promises.map((promise) => (
          <article key={promise.title} className="flex flex-col gap-3 border-t border-line-strong pt-5">
            <span className="text-accent-text [&_svg]:size-5">{promise.icon}</span>
            <h3 className="text-lg font-semibold">{promise.title}</h3>
            <p className="text-base text-pretty text-muted">{promise.words}</p>
            <ul className="mt-1 flex flex-col gap-1.5 text-sm text-muted">
              {promise.how.map((line) => (
                <li key={line} className="flex gap-2.5">
                  <span aria-hidden className="mt-[0.6em] h-px w-3 shrink-0 bg-accent" />
                  {line}
                </li>
              ))}
            </ul>
          </article>
        ))}
      </div>
    </section>
  );
}
