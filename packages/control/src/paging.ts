import { GatewayError } from '@turnpike/core/errors';
import { parseId, renderId } from '@turnpike/core/ids';
import type { Id, IdKind } from '@turnpike/core/ids';

/**
 * Reads the cursor of a list that is ordered by id: the last id of the page before. Throws GatewayError
 * `invalid_request` for anything that we did not give out.
 */
export function readCursor<Kind extends IdKind>(kind: Kind, cursor: string | undefined): Id<Kind> | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  const id = parseId(kind, cursor);
  if (id === undefined) {
    throw new GatewayError('invalid_request', 'cursor: Pass on `nextCursor` of the page before as it is.', {
      param: 'cursor',
    });
  }
  return id;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/**
 * Makes a page of rows that were fetched with one more than the limit: the extra row shows that there is a next page
 * and is not part of this one.
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { render, cursorOf }: { readonly render: (row: Row) => Item; readonly cursorOf: (row: Row) => string },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(render),
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
}

/** The cursor after a row of a list that is ordered by id. */
export function idCursor(kind: IdKind, id: string): string {
  return renderId(kind, id);
}
