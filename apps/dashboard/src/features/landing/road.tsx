import type { ModelView } from '@turnpike/contracts/models';
import { modelsForNewcomers, spreadOverAuthors } from '#lib/models-for-newcomers.ts';

const callers = ['OpenAI SDKs', 'Anthropic SDKs', 'Claude Code', 'Plain HTTP'];
const shownAuthors = 6;

const width = 1_000;
const height = 260;
const middle = height / 2;
/** The carriageway between the two fans; the barrier stands in the middle of it. */
const merge = { from: 400, to: 600 };
const labelRoom = 150;

/** Every caller's lane into one road, and from there to whoever made the model: the product in one drawing. */
export function Road({ models }: { readonly models: readonly ModelView[] }) {
  const authors = spreadOverAuthors(modelsForNewcomers(models), 1)
    .map(({ model }) => model.author)
    .filter((author) => author !== 'sandbox')
    .slice(0, shownAuthors);
  if (authors.length < 2) {
    return null;
  }
  return (
    <section
      aria-label={`Callers such as ${callers.join(', ')} reach models by ${authors.join(', ')} through one endpoint`}
      className="mx-auto hidden max-w-6xl px-8 md:block"
    >
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden className="w-full font-mono text-xs">
        <g fill="none" className="stroke-line-strong" strokeWidth="1.25">
          {spread(callers).map(({ name, y }) => (
            <path
              key={name}
              d={`M${labelRoom} ${y} C ${merge.from - 100} ${y}, ${merge.from - 80} ${middle}, ${merge.from} ${middle}`}
            />
          ))}
          {spread(authors).map(({ name, y }) => (
            <path
              key={name}
              d={`M${merge.to} ${middle} C ${merge.to + 80} ${middle}, ${merge.to + 100} ${y}, ${width - labelRoom} ${y}`}
            />
          ))}
        </g>
        <path d={`M${merge.from} ${middle} H ${merge.to}`} className="stroke-accent" strokeWidth="3" />
        <path
          d={`M${merge.from} ${middle} H ${merge.to}`}
          className="stroke-on-accent"
          strokeWidth="1"
          strokeDasharray="7 9"
        />
        <g transform={`translate(${width / 2 - 27} ${middle - 27}) scale(2.25)`}>
          <rect x="-1.4" y="-1.4" width="26.8" height="26.8" rx="7.4" className="fill-canvas" />
          <rect width="24" height="24" rx="6" className="fill-accent" />
          <path
            d="M5.4 10.3 18.6 6.1M11.6 11.9v6.4"
            className="stroke-on-accent"
            strokeWidth="2.7"
            strokeLinecap="round"
            fill="none"
          />
        </g>
        {spread(callers).map(({ name, y }) => (
          <text key={name} x={labelRoom - 12} y={y} textAnchor="end" dominantBaseline="central" className="fill-muted">
            {name}
          </text>
        ))}
        {spread(authors).map(({ name, y }) => (
          <text key={name} x={width - labelRoom + 12} y={y} dominantBaseline="central" className="fill-muted">
            {name}
          </text>
        ))}
      </svg>
    </section>
  );
}

/** Names at equal distances from top to bottom. */
function spread(names: readonly string[]): readonly { readonly name: string; readonly y: number }[] {
  const margin = 20;
  const step = names.length < 2 ? 0 : (height - 2 * margin) / (names.length - 1);
  return names.map((name, index) => ({ name, y: margin + index * step }));
}
