import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';

export interface ToolResult {
  readonly code: number;
  /** Both outputs in the order they came, without colours. */
  readonly output: string;
}

/** Neither turbo nor Next may report home or look for updates from a person's machine or from CI. */
export const quietToolEnvironment = {
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
} as const;

/** The environment for the workspace's tools: their binaries in PATH, no colours, nothing sent home. */
export function toolEnvironment(
  extra: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  return {
    ...process.env,
    ...quietToolEnvironment,
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
    ...extra,
  };
}

/**
 * Runs a tool of the workspace to its end and returns what it printed. Throws a `Failure` only when it cannot be started;
 * a non-zero exit code is an answer. With `onOutput`, each piece is also passed on as it comes.
 */
export function runTool(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly onOutput?: (text: string) => void;
  } = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: toolEnvironment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (piece: Buffer) => {
      const text = piece.toString('utf8');
      output += text;
      options.onOutput?.(text);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) =>
      reject(new Failure(`${command} could not be started: ${error.message}`, { cause: error })),
    );
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trim() }));
  });
}
