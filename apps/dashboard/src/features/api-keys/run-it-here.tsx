'use client';

import { Play } from 'lucide-react';
import { formatDuration } from '#lib/format-number.ts';
import { snippetPrompt } from '#lib/snippets.ts';
import { Button } from '#ui/button.tsx';
import { Problem } from '#ui/problem.tsx';
import { useRunCall } from './use-run-call.ts';

interface RunItHereProps {
  readonly apiKey: string;
  readonly model: string;
}

/** Makes the call of the snippets from the page, with the same key, and shows the answer as it comes. */
export function RunItHere({ apiKey, model }: RunItHereProps) {
  const { run, isRunning, text, result, error } = useRunCall({ apiKey, model, prompt: snippetPrompt });
  const hasAnswer = text !== '' || result !== undefined;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" onClick={run} isBusy={isRunning}>
          {!isRunning && <Play aria-hidden />}
          {result === undefined ? 'Run it here' : 'Run it again'}
        </Button>
        <p className="text-xs text-subtle">
          Makes this call from your browser, with this key. It is a real call and appears in your log.
        </p>
      </div>
      {error !== undefined && (
        <Problem
          title="The gateway refused the call"
          message={error.message}
          requestId={error.requestId}
          onRetry={run}
        />
      )}
      {hasAnswer && error === undefined && (
        <div className="animate-rise rounded-lg bg-surface shadow-card">
          <output aria-label="Answer" className="block max-h-56 overflow-y-auto px-4 py-3 text-sm whitespace-pre-wrap">
            {text}
            {isRunning && <span aria-hidden className="ml-0.5 inline-block h-4 w-1.5 translate-y-0.5 bg-accent" />}
          </output>
          {result !== undefined && (
            <dl className="tabular flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-2 text-xs text-muted">
              <Fact name="provider" value={result.provider ?? 'unknown'} />
              {result.firstContentMs !== undefined && (
                <Fact name="first word" value={formatDuration(result.firstContentMs)} />
              )}
              <Fact name="total" value={formatDuration(result.durationMs)} />
            </dl>
          )}
        </div>
      )}
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-subtle">{name}</dt>
      <dd className="font-medium">{value}</dd>
    </div>
  );
}
