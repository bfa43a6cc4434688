import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Readable by the gateway's user alone. */
export const fileMode = 0o600;
export const folderMode = 0o700;

/** `end-…` holds records that were waited for; `open-…` what was begun, for whoever has to clean up after a crash. */
export type SpoolFileKind = 'end' | 'open';

const fileNamePattern = /^(end|open)-(\d{10})\.jsonl$/;

/** The path of a numbered file; numbers grow and are never used twice in a folder. */
export function spoolFilePath(directory: string, kind: SpoolFileKind, number: number): string {
  return join(directory, `${kind}-${`${number}`.padStart(10, '0')}.jsonl`);
}

/** Numbers of the files of a kind, ascending; none when the folder is gone. */
export function listSpoolFiles(directory: string, kind: SpoolFileKind): readonly number[] {
  const numbers: number[] = [];
  for (const name of readNames(directory)) {
    const match = fileNamePattern.exec(name);
    if (match?.[1] === kind) {
      numbers.push(Number(match[2]));
    }
  }
  return numbers.sort((left, right) => left - right);
}

/** Makes created and deleted names of a folder durable: syncing a new file alone does not save its name. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isFileError(error, 'ENOENT')) {
      return [];
    }
    throw error;
  }
}

/** Whether the system answered with this code, such as ENOENT or ENOSPC. */
export function isFileError(error: unknown, code: string): boolean {
  return codeOfError(error) === code;
}

/** The system's code of an error; `unknown` when it has none. */
export function codeOfError(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
