import { errorCode, Failure } from '../failure.ts';

function sentenceOf(error: unknown): string | undefined {
  if (errorCode(error) === 'ENOSPC') return 'The disk is full. Free about 2 GB and run this again.';
  return error instanceof Failure ? error.message : undefined;
}

/**
 * Runs a command's body and sets the exit code to what it returns. A `Failure` or a full disk becomes one message and exit code 1; any
 * other error is a defect of ours and keeps its stack.
 */
export async function runCommand(body: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    process.stderr.write(`\n${sentence}\n`);
    process.exitCode = 1;
  } finally {
    // The bootstrap's channel would keep this process alive.
    if (process.connected) process.disconnect();
  }
}
