import { documents, firstListed, reasoning, released } from './facts.mjs';

const claude = { maxOutputTokens: 128_000, inputModalities: documents, ...reasoning };

export const anthropic = [
  { upstream: 'claude-fable-5-1', name: 'Claude Fable 5.1', also: ['claude-fable-5.1'], ...claude, ...firstListed },
  { upstream: 'claude-fable-5', name: 'Claude Fable 5', ...claude, ...firstListed },
  { upstream: 'claude-opus-5-5', name: 'Claude Opus 5.5', also: ['claude-opus-5.5'], ...claude, ...firstListed },
  { upstream: 'claude-opus-5', name: 'Claude Opus 5', ...claude, ...firstListed },
  { upstream: 'claude-opus-4-8', name: 'Claude Opus 4.8', also: ['claude-opus-4.8'], ...claude, ...firstListed },
  { upstream: 'claude-opus-4-7', name: 'Claude Opus 4.7', also: ['claude-opus-4.7'], ...claude, ...firstListed },
  {
    upstream: 'claude-opus-4-6',
    name: 'Claude Opus 4.6',
    also: ['claude-opus-4.6'],
    ...claude,
    ...released('2026-02-05'),
  },
  {
    upstream: 'claude-opus-4-5',
    name: 'Claude Opus 4.5',
    also: ['claude-opus-4.5'],
    snapshots: ['claude-opus-4-5-20251101'],
    ...claude,
    maxOutputTokens: 64_000,
    ...released('2025-11-24'),
  },
  { upstream: 'claude-sonnet-5', name: 'Claude Sonnet 5', ...claude, ...firstListed },
  {
    upstream: 'claude-sonnet-4-6',
    name: 'Claude Sonnet 4.6',
    also: ['claude-sonnet-4.6'],
    ...claude,
    maxOutputTokens: 64_000,
    ...released('2026-02-17'),
  },
  {
    upstream: 'claude-sonnet-4-5',
    name: 'Claude Sonnet 4.5',
    also: ['claude-sonnet-4.5'],
    snapshots: ['claude-sonnet-4-5-20250929'],
    ...claude,
    maxOutputTokens: 64_000,
    ...released('2025-09-29'),
  },
  {
    upstream: 'claude-haiku-4-5',
    name: 'Claude Haiku 4.5',
    also: ['claude-haiku-4.5'],
    snapshots: ['claude-haiku-4-5-20251001'],
    ...claude,
    maxOutputTokens: 64_000,
    ...released('2025-10-15'),
  },
];
