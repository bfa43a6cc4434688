import { ArrowRight } from 'lucide-react';
import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { ModelStrip } from '#features/landing/model-strip.tsx';
import { Promises } from '#features/landing/promises.tsx';
import { PublicFrame } from '#features/landing/public-frame.tsx';
import { readPublicFacts } from '#features/landing/queries.ts';
import { Receipt, receiptLineCount, receiptLines } from '#features/landing/receipt.tsx';
import { Road } from '#features/landing/road.tsx';
import { SelfHost } from '#features/landing/self-host.tsx';
import { formatMoney, isZeroUsd } from '#lib/format-money.ts';
import { modelsForNewcomers } from '#lib/models-for-newcomers.ts';
import { firstCallSnippets } from '#lib/snippets.ts';
import { themeCookie, themeOf } from '#lib/theme.ts';
import { config } from '#server/main.ts';
import { sessionToken } from '#server/session.ts';
import { ButtonLink } from '#ui/button.tsx';
import { CodeTabs } from '#ui/code-tabs.tsx';

export const metadata: Metadata = { title: { absolute: 'Turnpike: one road to every model' } };

export default async function LandingPage() {
  const [facts, token, cookieStore] = await Promise.all([readPublicFacts(), sessionToken(), cookies()]);
  const offered = modelsForNewcomers(facts.models).map(({ model }) => model);
  // The receipt shows a cached prompt, so it takes a model that has a price for one.
  const featured = offered.find((model) => receiptLines(model).length === receiptLineCount);
  const trialUsd = facts.platform?.trialCreditUsd;
  const isOpen = facts.platform?.signUpMode !== 'closed';
  const snippets = firstCallSnippets({
    gatewayUrl: config().upstreams.gatewayPublicUrl,
    apiKey: 'sk-tp-live-…',
    model: (featured ?? offered[0])?.slug ?? 'author/model',
  });
  return (
    <PublicFrame theme={themeOf(cookieStore.get(themeCookie)?.value)} isSignedIn={token !== undefined}>
      <section className="mx-auto grid max-w-6xl items-center gap-x-12 gap-y-12 px-5 pt-10 pb-16 sm:px-8 lg:grid-cols-[1fr_1.05fr] lg:pt-20 lg:pb-24">
        <div className="flex flex-col items-start gap-6">
          <h1 className="text-4xl font-semibold text-balance sm:text-5xl">One road to every model.</h1>
          <p className="max-w-lg text-lg text-pretty text-muted">
            Turnpike is one endpoint in front of every model provider. Keep the SDK you have, change the base URL, and
            get every call answered, every limit kept and every cent accounted for.
          </p>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
            <ButtonLink href={isOpen ? '/signup' : '/login'} variant="primary" size="lg">
              {isOpen ? 'Create an account' : 'Sign in'}
              <ArrowRight aria-hidden />
            </ButtonLink>
            {isOpen && trialUsd !== undefined && !isZeroUsd(trialUsd) && (
              <p className="text-sm text-subtle">{formatMoney(trialUsd).text} trial credit, no card.</p>
            )}
          </div>
        </div>
        <div className="relative flex min-w-0 flex-col gap-6">
          <CodeTabs label="Your first call" snippets={snippets} className="sm:[&_pre]:pb-16" />
          {featured !== undefined && (
            <div className="relative flex justify-center sm:-mt-16 sm:justify-end sm:pr-8">
              <Receipt model={featured} />
            </div>
          )}
        </div>
      </section>
      <Road models={facts.models} />
      <Promises />
      <ModelStrip models={facts.models} />
      <SelfHost />
    </PublicFrame>
  );
}
