import { readFileSync } from 'node:fs';

/**
 * npm, the bootstrap and the terminal may each pass one Ctrl-C on, so signals within this time are the same one; a later
 * one means that the person does not want to wait.
 */
const sameSignalMs = 1_500;

/** `nohup` sets hang-ups to be ignored, and installing a listener would undo that. */
function hangUpIsIgnored(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    // Not Linux: a terminal that closes ends the product.
    return false;
  }
}

export interface StopSignals {
  /** Settles at the first request to stop: a signal, or the end of the process that started us. */
  readonly first: Promise<void>;
  /** Settles at the next request that is not an echo of the first. */
  readonly second: Promise<void>;
}

/** Listens for every way in which a person or another program asks this process to end. */
export function listenForStop(): StopSignals {
  let resolveFirst: () => void;
  let resolveSecond: () => void;
  const first = new Promise<void>((resolve) => {
    resolveFirst = resolve;
  });
  const second = new Promise<void>((resolve) => {
    resolveSecond = resolve;
  });
  let firstAtMs: number | undefined;
  const onSignal = () => {
    if (firstAtMs === undefined) {
      firstAtMs = Date.now();
      resolveFirst();
    } else if (Date.now() - firstAtMs > sameSignalMs) {
      resolveSecond();
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (!hangUpIsIgnored()) process.on('SIGHUP', onSignal);
  // The bootstrap was killed hard: nobody is left who could stop us.
  process.once('disconnect', onSignal);
  return { first, second };
}
