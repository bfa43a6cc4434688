import { expect, it } from 'vitest';
import { renderProofTable } from './proof-table.ts';

it('writes one row for each proof, and names the commit they ran on', () => {
  const results = [
    { name: 'kill-nine', holds: true, measured: '1,000 calls, 0 lost', seconds: 61 },
    { name: 'drift', holds: false, measured: 'a | b', seconds: 2 },
  ];
  expect(renderProofTable(results, 'abc123', new Date('2027-01-15T12:00:00Z'))).toBe(
    [
      'Commit abc123, 2027-01-15. Made by `npm run test:full`.',
      '',
      '| Proof | Result | Measured | Seconds |',
      '| --- | --- | --- | ---: |',
      '| kill-nine | holds | 1,000 calls, 0 lost | 61 |',
      '| drift | **fails** | a \\| b | 2 |',
    ].join('\n'),
  );
});
