import type { Logger } from '@turnpike/platform/log/logger';

import { buildSnapshot, type SnapshotOptions, type StoredCatalog } from './catalog-snapshot.ts';
import type { CatalogSnapshot } from './ports.ts';

export interface KeptSnapshot {
  current(): CatalogSnapshot;
  /** Loads again, because somebody said that something changed. */
  refresh(): void;
  stop(): void;
}

/** A lost message is made good by the next poll. */
const pollMs = 30_000;

/**
 * Loads the catalogue once (throws when it cannot) and keeps it fresh. A load that fails later leaves the last good
 * one in place: prices that are a minute old are better than no gateway.
 */
export async function keepSnapshot(load: () => Promise<StoredCatalog>, options: SnapshotOptions, logger: Logger): Promise<KeptSnapshot> {
  let snapshot = buildSnapshot(await load(), options);
  let isLoading = false;
  let isStale = false;

  async function reload(): Promise<void> {
    if (isLoading) {
      isStale = true;
      return;
    }
    isLoading = true;
    try {
      do {
        isStale = false;
        snapshot = buildSnapshot(await load(), options);
      } while (isStale);
    } catch (error) {
      logger.error({ component: 'catalog', version: snapshot.catalog.version, error }, 'The catalogue could not be loaded; the last one stays.');
    } finally {
      isLoading = false;
    }
  }

  const timer = setInterval(() => void reload(), pollMs);
  timer.unref();
  return {
    current: () => snapshot,
    refresh: () => void reload(),
    stop: () => clearInterval(timer),
  };
}
