/** `npm run format` and the like: runs a tool of the workspace with the toolchain in PATH. */
import { spawn } from 'node:child_process';

const [tool, ...args] = process.argv.slice(2);
if (tool === undefined) {
  process.stderr.write('Say which tool to run, for example: node tooling/bootstrap.mjs exec oxfmt\n');
  process.exitCode = 2;
} else {
  const child = spawn(tool, args, { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  child.once('error', (error) => {
    process.stderr.write(`${tool} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
    process.disconnect?.();
  });
}
