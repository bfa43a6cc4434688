'use client';

import type { ApiKeyView } from '@turnpike/contracts/api-keys';
import { ArrowRight, Check } from 'lucide-react';
import Link from 'next/link';
import { useScope } from '#features/shell/scope.tsx';
import { routes } from '#lib/routes.ts';
import { Card, CardHeader } from '#ui/card.tsx';
import { cx } from '#ui/cx.ts';

interface Task {
  readonly title: string;
  readonly words: string;
  readonly href: string;
  readonly isDone: boolean;
}

/** The way from an empty organization to one that is used safely. Disappears when it is walked. */
export function Checklist({ keys, hasCalls }: { readonly keys: readonly ApiKeyView[]; readonly hasCalls: boolean }) {
  const { organizationId, project } = useScope();
  if (project === undefined) {
    return null;
  }
  const keysPage = routes.keys(organizationId, project.id);
  const tasks: readonly Task[] = [
    {
      title: 'Create a key',
      words: 'It calls models for a project.',
      href: routes.onboarding,
      isDone: keys.length > 0,
    },
    {
      title: 'Make a call',
      words: 'From your code, or right from the page.',
      href: routes.onboarding,
      isDone: hasCalls || keys.some((key) => key.lastUsedAt !== null),
    },
    {
      title: 'Limit a key',
      words: 'Requests, tokens or calls at once.',
      href: keysPage,
      isDone: keys.some((key) => key.rateLimits.length > 0),
    },
    {
      title: 'Let a key expire',
      words: 'A key that ends cannot be forgotten.',
      href: keysPage,
      isDone: keys.some((key) => key.expiresAt !== null),
    },
  ];
  const open = tasks.filter((task) => !task.isDone);
  if (open.length === 0) {
    return null;
  }
  const [next] = open;
  return (
    <Card>
      <CardHeader title="Get going" description={`${tasks.length - open.length} of ${tasks.length} done`} />
      <ol className="grid sm:grid-cols-2 lg:grid-cols-4">
        {tasks.map((task, index) => (
          <li
            key={task.title}
            className={cx(
              'border-line max-lg:[&:not(:first-child)]:border-t lg:[&:not(:first-child)]:border-l',
              index === 1 && 'sm:max-lg:border-t-0!',
            )}
          >
            <Link
              href={task.href}
              className="group flex h-full gap-3 px-4 py-4 transition-colors duration-(--duration-fast) hover:bg-hover focus-visible:outline-offset-[-2px]"
            >
              <span
                aria-hidden
                className={cx(
                  'tabular mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full text-2xs font-semibold',
                  task.isDone ? 'bg-accent text-on-accent' : 'text-subtle shadow-[inset_0_0_0_1px_var(--line-control)]',
                )}
              >
                {task.isDone ? <Check className="size-3" strokeWidth={3} /> : index + 1}
              </span>
              <span className="min-w-0">
                <span
                  className={cx(
                    'flex items-center gap-1 text-sm font-medium',
                    task.isDone && 'text-subtle line-through',
                  )}
                >
                  {task.title}
                  {task.isDone && <span className="sr-only">, done</span>}
                  {task === next && (
                    <ArrowRight
                      aria-hidden
                      className="size-3.5 text-accent-text transition-transform duration-(--duration-fast) group-hover:translate-x-0.5"
                    />
                  )}
                </span>
                <span className="block text-xs text-subtle">{task.words}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </Card>
  );
}
