import { parseArgs } from 'node:util';
import { startSandbox } from './server.ts';

/** `node main.js [--port 4010] [--host 127.0.0.1] [--truth-file path] [--seed 0]`; each also as PORT, HOST, TRUTH_FILE, SEED. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '4010' },
    host: { type: 'string', default: process.env['HOST'] ?? '127.0.0.1' },
    'truth-file': { type: 'string', default: process.env['TRUTH_FILE'] ?? '' },
    seed: { type: 'string', default: process.env['SEED'] ?? '0' },
  },
});

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  process.stderr.write(`${name} must be a whole number up to ${most}, not "${text}".\n`);
  process.exit(1);
}

const truthFile = values['truth-file'];
const sandbox = await startSandbox({
  port: wholeNumber('PORT', values.port, 65_535),
  host: values.host,
  seed: wholeNumber('SEED', values.seed, 0xffffffff),
  ...(truthFile === '' ? {} : { truthFile }),
}).catch((problem: unknown) => {
  process.stderr.write(
    `The sandbox could not start: ${problem instanceof Error ? problem.message : String(problem)}\n`,
  );
  process.exit(1);
});
process.stdout.write(`Sandbox provider listening on ${sandbox.url}\n`);

let isClosing = false;
const stop = () => {
  if (isClosing) process.exit(1);
  isClosing = true;
  void sandbox.close().then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
