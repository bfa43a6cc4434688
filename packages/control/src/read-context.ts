import type { Actor } from '@turnpike/core/access/authorize-actor';
import type { PlatformReads } from '@turnpike/db/client';
import type { OrganizationReaders } from '@turnpike/db/tenant';

/** The time, so that tests can move it. */
export interface Clock {
  nowMs(): number;
}

/** The catalogue and its prices, which belong to no tenant. */
export type CatalogReads = Pick<PlatformReads, 'loadCatalog' | 'findPrice'>;

/**
 * What reading needs: who asks, and what the database lets be read of their organization. The management API reads as
 * role `app`, the dashboard's pages as role `dashboard`; the functions are the same.
 */
export interface ReadContext {
  readonly actor: Actor;
  readonly readers: OrganizationReaders;
  readonly catalog: CatalogReads;
  readonly clock: Clock;
}
