/** How one long proof ended. */
export interface ProofResult {
  readonly name: string;
  readonly holds: boolean;
  /** One sentence with the figures. */
  readonly measured: string;
  readonly seconds: number;
}

/** The table of a run of the long proofs, as Markdown. */
export function renderProofTable(results: readonly ProofResult[], commit: string, at: Date): string {
  const rows = results.map(
    ({ name, holds, measured, seconds }) =>
      `| ${name} | ${holds ? 'holds' : '**fails**'} | ${measured.replaceAll('|', '\\|')} | ${seconds} |`,
  );
  return [
    `Commit ${commit}, ${at.toISOString().slice(0, 10)}. Made by \`npm run test:full\`.`,
    '',
    '| Proof | Result | Measured | Seconds |',
    '| --- | --- | --- | ---: |',
    ...rows,
  ].join('\n');
}
