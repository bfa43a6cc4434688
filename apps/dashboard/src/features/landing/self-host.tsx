import { CodeBlock } from '#ui/code-block.tsx';

const commands = `npm start   # the whole system, one command
npm test    # every promise above, proved on your machine`;

/** The same product on one's own machine. */
export function SelfHost() {
  return (
    <section
      aria-labelledby="self-host"
      className="mx-auto grid max-w-6xl items-center gap-x-12 gap-y-8 px-5 py-16 sm:px-8 lg:grid-cols-2 lg:py-24"
    >
      <div className="flex flex-col gap-3">
        <h2 id="self-host" className="text-3xl font-semibold text-balance">
          Or run the whole road yourself
        </h2>
        <p className="max-w-lg text-base text-pretty text-muted">
          Turnpike is free software. In a clone of the repository one command starts all of it, with a sandbox provider
          so that it works before you have a single provider key, and without an account anywhere.
        </p>
      </div>
      <div className="min-w-0 rounded-lg bg-surface shadow-card">
        <CodeBlock code={commands} language="shell" label="Self-hosting commands" />
      </div>
    </section>
  );
}
