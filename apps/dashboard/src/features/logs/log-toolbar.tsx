'use client';

import { CirclePause, CirclePlay, Search, X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useScope } from '#features/shell/scope.tsx';
import { formatMoment } from '#lib/format-time.ts';
import { rangeLabels, rangePresets } from '#lib/time-range.ts';
import { Button } from '#ui/button.tsx';
import { controlClass } from '#ui/control-class.ts';
import { LiveDot } from '#ui/live-dot.tsx';
import { Segmented } from '#ui/segmented.tsx';
import { ToolbarSelect } from '#ui/toolbar-select.tsx';
import { isNarrowed, type LogFilter } from './log-filter.ts';
import { useFilterKeys } from './use-logs.ts';

interface LogToolbarProps {
  readonly projectId: string;
  readonly filter: LogFilter;
  readonly onChange: (change: Partial<LogFilter>) => void;
  readonly onOpen: (requestId: string) => void;
  readonly isLive: boolean;
  readonly onLiveChange: (isLive: boolean) => void;
  /** False where the list cannot move: another page than the first, or a time that is over. */
  readonly canFollow: boolean;
  readonly isReconnecting: boolean;
}

const statusChoices = [
  { value: 'all', label: 'All' },
  { value: 'success', label: 'Success' },
  { value: 'error', label: 'Errors' },
  { value: 'cancelled', label: 'Cancelled' },
] as const;

const rangeChoices = rangePresets.map((value) => ({ value, label: rangeLabels[value] }));

/** Narrows the log. Everything here stands in the address, so that a link shows the same list. */
export function LogToolbar(props: LogToolbarProps) {
  const { projectId, filter, onChange, onOpen, isLive, onLiveChange, canFollow, isReconnecting } = props;
  const { organizationId, may } = useScope();
  const keys = useFilterKeys(organizationId, projectId, may('api_key.read'));
  const keyChoices = [
    { value: 'all', label: 'All keys' },
    ...(keys.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    // A key that is gone, or not on this page of keys, still filters; it is never dropped in silence.
    ...(filter.key !== null && keys.data?.items.every(({ id }) => id !== filter.key) === true
      ? [{ value: filter.key, label: `${filter.key.slice(0, 12)}…` }]
      : []),
  ];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <ModelSearch
        model={filter.model ?? ''}
        onSearch={(text) => (text.startsWith('req_') ? onOpen(text) : onChange({ model: text === '' ? null : text }))}
      />
      <Segmented
        label="Status"
        value={filter.status ?? 'all'}
        onChange={(status) => onChange({ status: status === 'all' ? null : status })}
        choices={statusChoices}
      />
      {keyChoices.length > 1 && (
        <ToolbarSelect
          label="Key"
          className="max-w-48"
          value={filter.key ?? 'all'}
          onChange={(key) => onChange({ key: key === 'all' ? null : key })}
          choices={keyChoices}
        />
      )}
      {filter.from !== null && filter.to !== null ? (
        <Button onClick={() => onChange({ from: null, to: null })} title="Back to a rolling range">
          {formatMoment(filter.from.toISOString(), 'utc')} – {formatMoment(filter.to.toISOString(), 'utc')} UTC
          <X aria-hidden />
        </Button>
      ) : (
        <ToolbarSelect
          label="Time range"
          value={filter.range}
          onChange={(range) => onChange({ range })}
          choices={rangeChoices}
        />
      )}
      {filter.provider !== null && (
        <Button onClick={() => onChange({ provider: null })} title="Remove this filter">
          Provider {filter.provider}
          <X aria-hidden />
        </Button>
      )}
      {isNarrowed(filter) && (
        <Button variant="ghost" onClick={() => onChange({ status: null, model: null, key: null, provider: null })}>
          Clear filters
        </Button>
      )}
      <div className="ml-auto flex items-center gap-2">
        <LiveDot
          state={!canFollow || !isLive ? 'paused' : isReconnecting ? 'reconnecting' : 'live'}
          label={!canFollow ? 'Not following' : !isLive ? 'Paused' : isReconnecting ? 'Reconnecting' : 'Live'}
        />
        {canFollow && (
          <Button variant="ghost" onClick={() => onLiveChange(!isLive)} aria-pressed={isLive}>
            {isLive ? <CirclePause aria-hidden /> : <CirclePlay aria-hidden />}
            {isLive ? 'Pause' : 'Follow'}
          </Button>
        )}
      </div>
    </div>
  );
}

const settleMs = 400;

/** A model by its exact name, or a request by its id. Waits until the typing stops. */
function ModelSearch({ model, onSearch }: { readonly model: string; readonly onSearch: (text: string) => void }) {
  const [text, setText] = useState(model);
  const [known, setKnown] = useState(model);
  if (known !== model) {
    // The address changed from elsewhere: back in the history, or "clear filters".
    setKnown(model);
    if (text.trim() !== model) {
      setText(model);
    }
  }
  const search = useEffectEvent(onSearch);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === model) {
      return undefined;
    }
    const timer = setTimeout(() => search(wanted), settleMs);
    return () => clearTimeout(timer);
  }, [text, model]);
  return (
    <label className="relative">
      <span className="sr-only">Model or request id</span>
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-subtle" />
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Model or request id"
        autoComplete="off"
        spellCheck={false}
        className={`${controlClass} h-8! w-56! pl-8! max-sm:w-full!`}
      />
    </label>
  );
}
