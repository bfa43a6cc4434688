import type { ApiKeyView } from '@turnpike/contracts/api-keys';
import { Badge, type Tone } from '#ui/badge.tsx';

const statuses: Record<ApiKeyView['status'], { readonly tone: Tone; readonly word: string }> = {
  active: { tone: 'success', word: 'Active' },
  disabled: { tone: 'neutral', word: 'Disabled' },
  expired: { tone: 'warning', word: 'Expired' },
  revoked: { tone: 'danger', word: 'Deleted' },
};

const kinds: Record<ApiKeyView['kind'], { readonly tone: Tone; readonly word: string; readonly hint: string }> = {
  live: { tone: 'neutral', word: 'Live', hint: 'Calls real providers' },
  test: { tone: 'info', word: 'Test', hint: 'Calls the sandbox alone; never billed' },
  management: { tone: 'warning', word: 'Management', hint: 'Calls the management API; never models' },
};

export function KeyStatus({ status }: { readonly status: ApiKeyView['status'] }) {
  const { tone, word } = statuses[status];
  return (
    <Badge tone={tone} hasDot>
      {word}
    </Badge>
  );
}

export function KeyKind({ kind }: { readonly kind: ApiKeyView['kind'] }) {
  const { tone, word, hint } = kinds[kind];
  return (
    <Badge tone={tone} title={hint}>
      {word}
    </Badge>
  );
}
