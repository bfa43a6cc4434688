import type { ModelView } from '@turnpike/contracts/models';
import { formatRate } from '#lib/format-money.ts';
import { formatCompact, formatCount } from '#lib/format-number.ts';
import { modelsForNewcomers, spreadOverAuthors } from '#lib/models-for-newcomers.ts';

/** Two rows of four. */
const shownModels = 8;
const perAuthor = 2;

/** A look into the catalogue, with its real prices; nothing where it could not be read. */
export function ModelStrip({ models }: { readonly models: readonly ModelView[] }) {
  const picked = spreadOverAuthors(modelsForNewcomers(models), perAuthor).slice(0, shownModels);
  if (picked.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="models" className="border-y border-line bg-surface">
      <div className="mx-auto max-w-6xl px-5 py-16 sm:px-8 lg:py-20">
        <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
          <h2 id="models" className="max-w-xl text-3xl font-semibold text-balance">
            One catalogue, both protocols
          </h2>
          <p className="max-w-md text-base text-pretty text-muted">
            {formatCount(models.length)} models in this catalogue. Each answers OpenAI’s protocol and Anthropic’s,
            whoever made it. Prices in dollars per million tokens.
          </p>
        </div>
        <ul className="mt-10 grid gap-px overflow-hidden rounded-lg bg-line shadow-card sm:grid-cols-2 lg:grid-cols-4">
          {picked.map(({ model, inputUsd, outputUsd }) => (
            <li key={model.slug} className="flex flex-col gap-3 bg-surface p-4">
              <div className="min-w-0">
                <p className="truncate text-sm font-medium">{model.name}</p>
                <p className="truncate font-mono text-2xs text-subtle">{model.slug}</p>
              </div>
              <dl className="tabular grid grid-cols-3 gap-2 text-xs">
                <Fact name="Input" value={formatRate(inputUsd)} />
                <Fact name="Output" value={formatRate(outputUsd)} />
                <Fact name="Context" value={model.contextTokens === null ? '—' : formatCompact(model.contextTokens)} />
              </dl>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className="text-2xs text-subtle">{name}</dt>
      <dd className="font-medium">{value}</dd>
    </div>
  );
}
