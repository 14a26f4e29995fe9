// Around every chart: its title, the drawing at the width there is, and the same figures as a table for whoever cannot see or doubts it.
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Column, Table } from '../design/table.tsx';
import { t } from '../i18n/i18n.ts';
import { type Figure, figureText, intervalText } from './figure.ts';

export interface ChartRow {
  readonly label: string;
  readonly figure: Figure;
  readonly note?: string;
}

interface ChartFrameProps {
  title: string;
  /** What the figures count. */
  unit: string;
  rows: readonly ChartRow[];
  /** Draws into the width in pixels; a drawing has the role of an image and says the title. */
  children: (width: number) => ComponentChildren;
}

const WIDTH_BEFORE_MEASURED = 640;

export function ChartFrame({ title, unit, rows, children }: ChartFrameProps) {
  const [canvas, width] = useWidth();
  const scrolls = useOverflow(canvas);
  return (
    <figure class="chart">
      <figcaption class="chart-title">{title}</figcaption>
      <div class="chart-canvas" ref={canvas} {...(scrolls && { tabIndex: 0, role: 'group', 'aria-label': title })}>
        {children(width)}
      </div>
      <details class="chart-table">
        <summary>{t('charts.asTable')}</summary>
        <Table caption={title} columns={columnsFor(unit, rows)} rows={rows} rowKey={({ label }) => label} />
      </details>
    </figure>
  );
}

function columnsFor(unit: string, rows: readonly ChartRow[]): Column<ChartRow>[] {
  const columns: Column<ChartRow>[] = [
    { key: 'label', title: t('charts.what'), isHead: true, cell: ({ label }) => label },
    { key: 'figure', title: unit, isNumber: true, cell: ({ figure }) => figureText(figure) },
  ];
  if (rows.some(({ figure }) => figure.interval !== null)) {
    columns.push({ key: 'interval', title: t('charts.interval'), cell: ({ figure }) => intervalText(figure) });
  }
  if (rows.some(({ note }) => note !== undefined)) {
    columns.push({ key: 'note', title: t('charts.note'), cell: ({ note }) => note ?? '' });
  }
  return columns;
}

function useWidth() {
  const canvas = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH_BEFORE_MEASURED);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  return [canvas, width] as const;
}

/** Whether the drawing is wider than its place, as one of many sets is on a telephone: then the keyboard must reach it to scroll. */
function useOverflow(canvas: RefObject<HTMLDivElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const { scrollWidth, clientWidth } = canvas.current!;
    setOverflows(scrollWidth > clientWidth);
  });
  return overflows;
}

/** Slanted lines: what may be up to there, and is not told. Each drawing has its own, as ids are of the whole page. */
export function WithheldPattern({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="withheld-ground" width="6" height="6" />
        <line class="withheld-line" x1="0" y1="0" x2="0" y2="6" />
      </pattern>
    </defs>
  );
}
