// Rows under headings. A long table draws only the rows in sight, and says how many there are to whoever cannot see them.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  /** Names the row: read aloud before its cells. */
  readonly isHead?: boolean;
}

interface TableProps<Row> {
  /** What the table holds. */
  caption: string;
  isCaptionShown?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** Below this all rows are drawn: scrolling a page is easier than scrolling within it. */
const MOST_ROWS_DRAWN = 100;
const ROW_HEIGHT = 44;
const VIEW_HEIGHT = 560;
const ROWS_BEYOND_SIGHT = 8;

export function Table<Row>(props: TableProps<Row>) {
  return props.rows.length > MOST_ROWS_DRAWN ? <LongTable {...props} /> : <ShortTable {...props} />;
}

function ShortTable<Row>({ caption, isCaptionShown, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <section class="table-frame" aria-label={caption} tabIndex={0}>
      <table>
        <caption class={isCaptionShown ? '' : 'unseen'}>{caption}</caption>
        <Head columns={columns} />
        <tbody>
          {rows.map((row) => (
            <TableRow key={rowKey(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function LongTable<Row>({ caption, isCaptionShown, columns, rows, rowKey }: TableProps<Row>) {
  const [scrolled, setScrolled] = useState(0);
  const frame = useRef<HTMLElement>(null);
  const { first, last } = rowsInSight(scrolled, rows.length);
  return (
    <section
      class="table-frame is-long"
      aria-label={caption}
      tabIndex={0}
      ref={frame}
      onScroll={() => setScrolled(frame.current?.scrollTop ?? 0)}
    >
      <table aria-rowcount={rows.length + 1}>
        <caption class={isCaptionShown ? '' : 'unseen'}>{caption}</caption>
        <Head columns={columns} />
        <tbody>
          <Gap rows={first} columns={columns.length} />
          {rows.slice(first, last).map((row, index) => (
            <TableRow key={rowKey(row)} columns={columns} row={row} index={first + index + 2} />
          ))}
          <Gap rows={rows.length - last} columns={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

/** The first row to draw and the one after the last, for a table scrolled so many pixels. */
export function rowsInSight(scrolled: number, count: number): { first: number; last: number } {
  const top = Math.floor(scrolled / ROW_HEIGHT) - ROWS_BEYOND_SIGHT;
  const bottom = Math.ceil((scrolled + VIEW_HEIGHT) / ROW_HEIGHT) + ROWS_BEYOND_SIGHT;
  const last = Math.min(count, Math.max(0, bottom));
  return { first: Math.min(Math.max(0, top), last), last };
}

function Head<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column.key} scope="col" class={column.isNumber ? 'is-number' : ''}>
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function TableRow<Row>({ columns, row, index }: { columns: readonly Column<Row>[]; row: Row; index?: number }) {
  return (
    <tr aria-rowindex={index}>
      {columns.map((column) => {
        const looks = column.isNumber ? 'is-number' : '';
        return column.isHead ? (
          <th key={column.key} scope="row" class={looks}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.key} class={looks}>
            {column.cell(row)}
          </td>
        );
      })}
    </tr>
  );
}

function Gap({ rows, columns }: { rows: number; columns: number }) {
  if (rows === 0) return null;
  return (
    <tr class="table-gap">
      <td colSpan={columns} height={rows * ROW_HEIGHT} />
    </tr>
  );
}
