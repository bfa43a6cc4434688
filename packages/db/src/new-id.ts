import { randomBytes } from 'node:crypto';
import { mintId, type Id, type IdKind } from '@turnpike/core/ids';

/** A new id of this moment. The database never makes one. */
export function newId<Kind extends IdKind>(): Id<Kind> {
  return mintId<Kind>(Date.now(), randomBytes(10));
}
