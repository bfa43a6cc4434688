'use client';

import { createColumnHelper, metaHelper, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Skeleton } from './skeleton.tsx';

interface ColumnLook {
  /** Numbers stand right, so that digits line up. */
  readonly align?: 'right';
  /** Classes of the header and of every cell; where a column hides on small screens. */
  readonly className?: string;
}

const features = tableFeatures({ columnMeta: metaHelper<ColumnLook>() });

export type Columns<Row extends object> = readonly ColumnDef<typeof features, Row>[];

/** Starts the columns of a table of `Row`; keep them outside of the component, so that they stay the same. */
export function columnsOf<Row extends object>() {
  return createColumnHelper<typeof features, Row>();
}

interface DataTableProps<Row extends object> {
  /** What the rows are, for screen readers: "API keys". */
  readonly label: string;
  readonly columns: Columns<Row>;
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  /** Opens a row on click and on Enter; cells with links and buttons of their own keep their clicks. */
  readonly onOpen?: (row: Row) => void;
  readonly openRowId?: string | undefined;
  readonly isLoading?: boolean;
  /** Stands instead of the rows when there are none. */
  readonly empty?: ReactNode;
  /** Under the rows: paging, or what is not shown. */
  readonly footer?: ReactNode;
  /** 36 pixels a row instead of 44, for tables that are scanned rather than read. */
  readonly isDense?: boolean;
  readonly className?: string;
}

const skeletonRows = 8;

/** Rows of one kind. Paging, filters and order are the server's; this draws what it is given. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowId,
    onOpen,
    openRowId,
    isLoading = false,
    empty,
    footer,
    isDense = false,
    className,
  } = props;
  const rowHeight = isDense ? 'h-9' : 'h-11';
  const table = useTable({ features, columns, data: rows, getRowId: rowId });
  const isEmpty = !isLoading && rows.length === 0;
  return (
    <div className={cx('overflow-hidden rounded-lg bg-surface shadow-card', className)}>
      {isEmpty ? (
        empty
      ) : (
        <div className="relative overflow-x-auto">
          <table aria-label={label} aria-busy={isLoading} className="w-full border-collapse text-sm">
            <thead>
              {table.getHeaderGroups().map((group) => (
                <tr key={group.id} className="border-b border-line">
                  {group.headers.map((header) => (
                    <th
                      key={header.id}
                      scope="col"
                      className={cellClass(header.column.columnDef.meta, 'h-9 text-xs font-medium text-subtle')}
                    >
                      {header.isPlaceholder ? null : <table.FlexRender header={header} />}
                    </th>
                  ))}
                </tr>
              ))}
            </thead>
            <tbody>
              {isLoading
                ? Array.from({ length: skeletonRows }, (_, index) => (
                    // oxlint-disable-next-line react/no-array-index-key -- placeholders have no identity.
                    <tr key={index} className="border-b border-line last:border-0">
                      {table.getAllLeafColumns().map((column) => (
                        <td key={column.id} className={cellClass(column.columnDef.meta, rowHeight)}>
                          <Skeleton
                            className={cx('h-3.5 w-16', column.columnDef.meta?.align === 'right' && 'ml-auto')}
                          />
                        </td>
                      ))}
                    </tr>
                  ))
                : table.getRowModel().rows.map((row) => (
                    <tr
                      key={row.id}
                      data-row={row.id}
                      {...(onOpen === undefined ? {} : openingProps(() => onOpen(row.original)))}
                      className={cx(
                        'border-b border-line transition-colors duration-(--duration-fast) last:border-0',
                        onOpen !== undefined && 'cursor-pointer hover:bg-hover focus-visible:outline-offset-[-2px]',
                        row.id === openRowId && 'bg-accent-soft hover:bg-accent-soft',
                      )}
                    >
                      {row.getAllCells().map((cell) => (
                        // oxlint-disable-next-line jsx-a11y/control-has-associated-label -- the cell's content is drawn by its column.
                        <td key={cell.id} className={cellClass(cell.column.columnDef.meta, rowHeight)}>
                          <table.FlexRender cell={cell} />
                        </td>
                      ))}
                    </tr>
                  ))}
            </tbody>
          </table>
        </div>
      )}
      {footer !== undefined && !isEmpty && <div className="border-t border-line px-4 py-2.5">{footer}</div>}
    </div>
  );
}

function cellClass(look: ColumnLook | undefined, base: string): string {
  return cx(
    base,
    'px-3 whitespace-nowrap first:pl-4 last:pr-4',
    look?.align === 'right' ? 'text-right' : 'text-left',
    look?.className,
  );
}

/** A row that opens answers a click anywhere but on a control of its own, and Enter while it has the focus. */
function openingProps(open: () => void) {
  return {
    tabIndex: 0,
    onClick: (event: MouseEvent) => {
      if (!isControl(event.target)) {
        open();
      }
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === event.currentTarget) {
        open();
      }
    },
  };
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, [role="menuitem"]') !== null;
}
