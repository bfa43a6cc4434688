'use client';

import { useQuery } from '@tanstack/react-query';
import type { CreatedApiKeyView } from '@turnpike/contracts/api-keys';
import { useEffect, useRef, useState } from 'react';
import { call } from '#lib/api.ts';
import { modelsForNewcomers, spreadOverAuthors } from '#lib/models-for-newcomers.ts';
import { firstCallSnippets } from '#lib/snippets.ts';
import { CodeTabs } from '#ui/code-tabs.tsx';
import { SecretReveal } from '#ui/secret-reveal.tsx';
import { ToolbarSelect } from '#ui/toolbar-select.tsx';
import { Skeleton } from '#ui/skeleton.tsx';
import { RunItHere } from './run-it-here.tsx';

/** More are found by typing their name into the snippet. */
const offeredPerAuthor = 4;

interface NewSecretProps {
  readonly created: CreatedApiKeyView;
  /** Where it takes the place of the form that asked for it, and with it the focus: it is then read out. */
  readonly takesFocus?: boolean;
}

/** The secret of a new key, for the one time that it can be seen. */
export function NewSecret({ created, takesFocus = false }: NewSecretProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) {
      ref.current?.focus();
    }
  }, [takesFocus]);
  return (
    <div ref={ref} tabIndex={-1} className="flex flex-col gap-2.5 outline-none">
      <p className="text-sm text-pretty text-muted">
        Copy it now. We keep only a digest of it:{' '}
        <strong className="font-semibold text-text">it will not be shown again.</strong>
      </p>
      <SecretReveal secret={created.secret} what="API key" variable="TURNPIKE_API_KEY" />
    </div>
  );
}

interface TryKeyProps {
  readonly secret: string;
  readonly gatewayUrl: string;
}

/** Snippets with the key filled in, and the same call from here. */
export function TryKey({ secret, gatewayUrl }: TryKeyProps) {
  const { data, isError } = useQuery({
    queryKey: ['models', 'chat'],
    queryFn: ({ signal }) => call('listModels', { query: { operation: 'chat' }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [chosen, setChosen] = useState<string>();
  const offered = spreadOverAuthors(modelsForNewcomers(data?.items ?? []), offeredPerAuthor);
  const model = chosen ?? offered[0]?.model.slug;
  if (model === undefined) {
    return isError || data !== undefined ? (
      <p className="text-sm text-muted">
        The catalogue holds no priced chat model yet. Name any model that your provider serves.
      </p>
    ) : (
      <Skeleton className="h-48 w-full rounded-lg!" />
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2.5">
        <span className="text-sm text-muted">Model</span>
        <ToolbarSelect
          label="Model"
          className="min-w-56!"
          value={model}
          onChange={setChosen}
          choices={offered.map(({ model: { slug } }) => ({ value: slug, label: slug }))}
        />
      </div>
      <CodeTabs label="Make the call" snippets={firstCallSnippets({ gatewayUrl, apiKey: secret, model })} />
      <RunItHere apiKey={secret} model={model} />
    </div>
  );
}
