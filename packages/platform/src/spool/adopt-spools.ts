import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lockFolder, type OwnerLock } from './owner-lock.ts';
import { decodeLines } from './record-lines.ts';
import { SegmentReader } from './segment-reader.ts';
import { isFileError, listSpoolFiles, spoolFilePath } from './spool-files.ts';

/** The folder of an instance that is dead, owned by this process now. */
export class AdoptedSpool {
  readonly instanceId: string;
  readonly #directory: string;
  readonly #lock: OwnerLock;
  readonly #reader: SegmentReader;

  constructor(directory: string, lock: OwnerLock) {
    this.instanceId = basename(directory);
    this.#directory = directory;
    this.#lock = lock;
    this.#reader = new SegmentReader(directory);
  }

  /** All records of what ended, so many at a time. Nothing is deleted before the folder is. */
  async *readAllEnded(maxRecords: number): AsyncGenerator<readonly string[]> {
    for (let batch = await this.#reader.read(maxRecords); batch.records.length > 0;) {
      yield batch.records;
      this.#reader.skipTo(batch.next);
      batch = await this.#reader.read(maxRecords);
    }
  }

  /** Records of what was begun. Some of it has ended: its end was read before, or shipped by the dead instance. */
  readOpen(): readonly string[] {
    return listSpoolFiles(this.#directory, 'open').flatMap(
      (number) => decodeLines(readFileSync(spoolFilePath(this.#directory, 'open', number))).records,
    );
  }

  /** Everything is safe elsewhere: deletes the folder. */
  async remove(): Promise<void> {
    await this.#reader.close();
    rmSync(this.#directory, { recursive: true, force: true });
    await this.#lock.release();
  }

  /** Gives the folder back, for another try by whoever comes next. */
  async release(): Promise<void> {
    await this.#reader.close();
    await this.#lock.release();
  }
}

/**
 * Takes over the folders under `root` whose owners are dead, so that each is taken by exactly one process. The caller
 * removes or releases every one of them.
 */
export async function adoptSpools(root: string, ownInstanceId: string): Promise<readonly AdoptedSpool[]> {
  const adopted: AdoptedSpool[] = [];
  for (const name of listFolders(root)) {
    const directory = join(root, name);
    const lock = name === ownInstanceId ? undefined : await lockFolder(directory, { isOwn: false });
    if (lock !== undefined) {
      adopted.push(new AdoptedSpool(directory, lock));
    }
  }
  return adopted;
}

function listFolders(root: string): readonly string[] {
  try {
    return readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    if (isFileError(error, 'ENOENT')) {
      return [];
    }
    throw error;
  }
}
