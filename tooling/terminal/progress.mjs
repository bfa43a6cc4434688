/**
 * Shows what is being done and for how many seconds, on a terminal and in a plain log alike.
 * Plain JavaScript because the bootstrap uses it on Node 20, before anything is installed.
 */

/** On a plain log a running step repeats itself this often, so that a slow one does not look stuck. */
const plainRepeatMs = 15_000;
const terminalRefreshMs = 250;

/** @param {number} ms @returns {string} for example `0.4 s` or `2 min 05 s` */
export function formatSeconds(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1000);
  return `${minutes} min ${String(seconds).padStart(2, '0')} s`;
}

/**
 * Runs `work` under a line that counts seconds. Returns what `work` returns; when it throws, marks the line and rethrows.
 * `work` may change the text behind the label through the function it is given.
 * @template T
 * @param {string} label
 * @param {(note: (text: string) => void) => Promise<T>} work
 * @param {NodeJS.WriteStream} [out]
 * @returns {Promise<T>}
 */
export async function step(label, work, out = process.stdout) {
  const startedMs = Date.now();
  let detail = '';
  const text = () => (detail === '' ? label : `${label} (${detail})`);
  const elapsed = () => formatSeconds(Date.now() - startedMs);
  const redraw = () => out.write(`\r\u001b[2K  … ${text()}  ${elapsed()}`);
  const repeat = () => out.write(`  … ${text()}  ${elapsed()}\n`);
  const timer = setInterval(out.isTTY ? redraw : repeat, out.isTTY ? terminalRefreshMs : plainRepeatMs);
  if (out.isTTY) redraw();
  /** @param {string} mark */
  const finish = (mark) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r\u001b[2K' : ''}  ${mark} ${text()}  ${elapsed()}\n`);
  };
  try {
    const result = await work((next) => {
      detail = next;
    });
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}
