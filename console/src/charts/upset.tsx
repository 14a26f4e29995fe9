// More sets than circles can show: which of them each group of persons is in, as dots, and how many these are, as bars.
import { useId } from 'preact/hooks';
import { formatNumber } from '../i18n/formats.ts';
import { ChartFrame, type ChartRow, WithheldPattern } from './chart-frame.tsx';
import { figureText, intervalText } from './figure.ts';
import type { SetOverlap } from './set-overlap.ts';
import { partLabel } from './set-words.ts';
import { layOutUpSet, UPSET, type UpSetColumn } from './upset-geometry.ts';

interface UpSetProps {
  title: string;
  unit: string;
  overlap: SetOverlap;
}

export function UpSet({ title, unit, overlap }: UpSetProps) {
  const patternId = useId();
  const layout = layOutUpSet(overlap);
  const rows = layout.columns.map(
    ({ part }): ChartRow => ({ label: partLabel(part, overlap.sets), figure: part.figure }),
  );
  return (
    <ChartFrame title={title} unit={unit} rows={rows}>
      {() => (
        <svg role="img" aria-label={title} width={layout.width} height={layout.height}>
          <WithheldPattern id={patternId} />
          {layout.rows.map(({ name, y }, row) => (
            <g key={name}>
              {row % 2 === 0 && (
                <rect
                  class="upset-stripe"
                  x={0}
                  y={y - UPSET.rowHeight / 2}
                  width={layout.width}
                  height={UPSET.rowHeight}
                />
              )}
              <text class="chart-label" x={8} y={y + 5}>
                {name}
              </text>
            </g>
          ))}
          {layout.columns.map((column, index) => (
            <Column key={rows[index]!.label} column={column} label={rows[index]!.label} patternId={patternId} />
          ))}
        </svg>
      )}
    </ChartFrame>
  );
}

function Column({ column, label, patternId }: { column: UpSetColumn; label: string; patternId: string }) {
  const { part, x, whisker, link } = column;
  const short =
    part.figure.value === null ? `<${part.figure.fewerThan}` : formatNumber(part.figure.value, { notation: 'compact' });
  return (
    <g>
      <title>{[`${label}: ${figureText(part.figure)}`, intervalText(part.figure)].filter(Boolean).join(' · ')}</title>
      <rect
        class={column.isWithheld ? 'chart-withheld' : 'chart-bar'}
        x={x - UPSET.barWidth / 2}
        y={column.barY}
        width={UPSET.barWidth}
        height={column.barHeight}
        rx={3}
        fill={column.isWithheld ? `url(#${patternId})` : undefined}
      />
      {whisker !== null && <path class="chart-whisker" d={`M${x - 4} ${whisker.from}h8m-4 0V${whisker.to}m-4 0h8`} />}
      <text class="chart-tick" x={x} y={Math.min(column.barY, whisker?.to ?? column.barY) - 6} text-anchor="middle">
        {short}
      </text>
      {link !== null && <line class="upset-link" x1={x} x2={x} y1={link.from} y2={link.to} />}
      {column.dots.map(({ y, isIn }) => (
        <circle key={y} class={isIn ? 'upset-dot is-in' : 'upset-dot'} cx={x} cy={y} r={6} />
      ))}
    </g>
  );
}
