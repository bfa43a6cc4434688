import { Failure } from '../failure.ts';

/**
 * Runs a command's body and sets the exit code to what it returns. A `Failure` becomes one message and exit code 1; any
 * other error is a defect of ours and keeps its stack.
 */
export async function runCommand(body: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  } finally {
    // The bootstrap's channel would keep this process alive.
    if (process.connected) process.disconnect();
  }
}
