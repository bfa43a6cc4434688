import type { Logger } from '@turnpike/platform/log/logger';

import { buildSnapshot, type SnapshotOptions, type StoredCatalog } from './catalog-snapshot.ts';
import type { CatalogSnapshot } from './ports.ts';

export interface KeptSnapshot {
  current(): CatalogSnapshot;
  stop(): void;
}

/** How long a change of models or prices takes to be seen. */
const pollMs = 10_000;

/**
 * Loads the catalogue once (throws when it cannot) and keeps it fresh. A load that fails later leaves the last good
 * one in place: prices that are a minute old are better than no gateway.
 */
export async function keepSnapshot(
  load: () => Promise<StoredCatalog>,
  options: SnapshotOptions,
  logger: Logger,
): Promise<KeptSnapshot> {
  let snapshot = buildSnapshot(await load(), options);

  async function reload(): Promise<void> {
    try {
      snapshot = buildSnapshot(await load(), options);
    } catch (error) {
      logger.error(
        { component: 'catalog', version: snapshot.catalog.version, error },
        'The catalogue could not be loaded; the last one stays.',
      );
    }
  }

  const timer = setInterval(() => void reload(), pollMs);
  timer.unref();
  return {
    current: () => snapshot,
    stop: () => clearInterval(timer),
  };
}
