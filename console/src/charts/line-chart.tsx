// A line over steps that follow one another, with the band of its intervals. A withheld point is hollow and lies on the ground.
import { formatNumber } from '../i18n/formats.ts';
import { ChartFrame, type ChartRow } from './chart-frame.tsx';
import { figureText, intervalText } from './figure.ts';
import { layOutLine } from './line-geometry.ts';

interface LineChartProps {
  title: string;
  unit: string;
  rows: readonly ChartRow[];
}

const HEIGHT = 240;
const PLOT = { left: 52, top: 14, bottom: HEIGHT - 30 };

export function LineChart({ title, unit, rows }: LineChartProps) {
  return (
    <ChartFrame title={title} unit={unit} rows={rows}>
      {(width) => {
        const layout = layOutLine(rows, { ...PLOT, right: width - 8 });
        return (
          <svg role="img" aria-label={title} width={width} height={HEIGHT}>
            {layout.ticks.map(({ value, y }) => (
              <g key={value}>
                <line class="chart-grid" x1={PLOT.left} x2={width} y1={y} y2={y} />
                <text class="chart-tick" x={PLOT.left - 8} y={y + 4} text-anchor="end">
                  {formatNumber(value, { notation: 'compact' })}
                </text>
              </g>
            ))}
            <path class="chart-band" d={layout.band} />
            <path class="chart-line" d={layout.line} />
            {layout.dots.map((dot, index) => (
              <g key={dot.label}>
                <circle class={dot.isWithheld ? 'chart-dot is-withheld' : 'chart-dot'} cx={dot.x} cy={dot.y} r={4.5}>
                  <title>
                    {[`${dot.label}: ${figureText(rows[index]!.figure)}`, intervalText(rows[index]!.figure)]
                      .filter(Boolean)
                      .join(' · ')}
                  </title>
                </circle>
                <text class="chart-tick" x={dot.x} y={HEIGHT - 8} text-anchor="middle">
                  {dot.label}
                </text>
              </g>
            ))}
          </svg>
        );
      }}
    </ChartFrame>
  );
}
