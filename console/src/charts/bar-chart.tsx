// Bars that lie, each under its label and beside its figure, with the interval as a whisker.
import { useId } from 'preact/hooks';
import { formatNumber } from '../i18n/formats.ts';
import { type Bar, layOutBars } from './bar-geometry.ts';
import { ChartFrame, type ChartRow, WithheldPattern } from './chart-frame.tsx';
import { figureText, intervalText } from './figure.ts';

interface BarChartProps {
  title: string;
  unit: string;
  rows: readonly ChartRow[];
  /** How a figure is written; a share is not a count. */
  format?: (row: ChartRow) => string;
}

const AXIS_HEIGHT = 22;

export function BarChart({ title, unit, rows, format = ({ figure }) => figureText(figure) }: BarChartProps) {
  const patternId = useId();
  return (
    <ChartFrame title={title} unit={unit} rows={rows}>
      {(width) => {
        const layout = layOutBars(
          rows.map(({ figure }) => figure),
          width,
        );
        return (
          <svg role="img" aria-label={title} width={width} height={layout.height + AXIS_HEIGHT}>
            <WithheldPattern id={patternId} />
            {layout.ticks.map(({ value, x }) => (
              <g key={value}>
                <line class="chart-grid" x1={x} x2={x} y1={0} y2={layout.height} />
                <text class="chart-tick" x={x} y={layout.height + 16} text-anchor={anchorOf(x, width)}>
                  {formatNumber(value, { notation: 'compact' })}
                </text>
              </g>
            ))}
            {rows.map((row, index) => (
              <BarRow
                key={row.label}
                row={row}
                bar={layout.bars[index]!}
                width={width}
                text={format(row)}
                patternId={patternId}
              />
            ))}
          </svg>
        );
      }}
    </ChartFrame>
  );
}

interface BarRowProps {
  row: ChartRow;
  bar: Bar;
  width: number;
  text: string;
  patternId: string;
}

function BarRow({ row, bar, width, text, patternId }: BarRowProps) {
  const middle = bar.y + bar.height / 2;
  return (
    <g>
      <title>{[`${row.label}: ${text}`, intervalText(row.figure), row.note ?? ''].filter(Boolean).join(' · ')}</title>
      <text class="chart-label" x={0} y={bar.y - 7}>
        {row.label}
      </text>
      <text class="chart-figure" x={width} y={bar.y - 7} text-anchor="end">
        {text}
        {row.note !== undefined && <tspan class="chart-note"> {row.note}</tspan>}
      </text>
      <rect
        class={bar.isWithheld ? 'chart-withheld' : 'chart-bar'}
        x={0}
        y={bar.y}
        width={bar.width}
        height={bar.height}
        rx={3}
        fill={bar.isWithheld ? `url(#${patternId})` : undefined}
      />
      {bar.whisker !== null && (
        <path class="chart-whisker" d={`M${bar.whisker.from} ${middle - 4}v8m0-4H${bar.whisker.to}m0-4v8`} />
      )}
    </g>
  );
}

function anchorOf(x: number, width: number): 'start' | 'middle' | 'end' {
  if (x < 12) return 'start';
  return x > width - 12 ? 'end' : 'middle';
}
