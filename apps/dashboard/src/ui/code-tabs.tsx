'use client';

import { useSyncExternalStore } from 'react';
import { CodeBlock } from './code-block.tsx';
import { cx } from './cx.ts';
import type { Language } from './highlight.ts';
import { Tabs } from './tabs.tsx';

export interface Snippet {
  readonly id: string;
  readonly label: string;
  readonly language: Language;
  readonly code: string;
}

const storageKey = 'turnpike.snippet';

/** The same calls in several languages; the language that was chosen last is shown first, on every page. */
export function CodeTabs({
  label,
  snippets,
  className,
}: {
  readonly label: string;
  readonly snippets: readonly Snippet[];
  readonly className?: string;
}) {
  const [remembered, remember] = useRememberedChoice();
  const first = snippets[0];
  const chosen = snippets.find((snippet) => snippet.id === remembered) ?? first;
  if (chosen === undefined) {
    return null;
  }
  return (
    <div className={cx('overflow-hidden rounded-lg bg-surface shadow-card', className)}>
      <Tabs
        label={label}
        value={chosen.id}
        onChange={remember}
        listClassName="px-4 bg-sunken"
        tabs={snippets.map((snippet) => ({
          value: snippet.id,
          label: snippet.label,
          content: <CodeBlock code={snippet.code} language={snippet.language} label={`${snippet.label} snippet`} />,
        }))}
      />
    </div>
  );
}

const listeners = new Set<() => void>();
/** Where storage is refused (private windows), the choice lasts as long as the page. */
let choiceOfPage: string | undefined;

function useRememberedChoice(): readonly [string | undefined, (id: string) => void] {
  const value = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choiceOfPage ?? readStorage(),
    () => undefined,
  );
  return [
    value,
    (id) => {
      choiceOfPage = id;
      writeStorage(id);
      for (const listener of listeners) {
        listener();
      }
    },
  ];
}

function readStorage(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined;
  }
}

function writeStorage(id: string): void {
  try {
    localStorage.setItem(storageKey, id);
  } catch {
    // Refused storage only means that the choice is forgotten with the page.
  }
}
