import { expect, it } from 'vitest';
import { servicesOf } from './follow-changes.ts';

it.each([
  ['apps/gateway/src', ['gateway', 'control']],
  ['apps/worker/src', ['worker']],
  ['packages/sandbox/src', ['sandbox']],
  ['packages/core/src', ['gateway', 'control', 'worker']],
])('restarts what runs the code of %s', (folder, names) => {
  expect(servicesOf(folder)).toEqual(names);
});
