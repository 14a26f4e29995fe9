// Two or three sets as circles; each region with its own figure, and the names of the sets below in their colours.
import { ChartFrame, type ChartRow } from './chart-frame.tsx';
import { figureText, intervalText } from './figure.ts';
import type { Part, SetOverlap } from './set-overlap.ts';
import { partLabel } from './set-words.ts';
import { layOutVenn } from './venn-geometry.ts';

interface VennProps {
  title: string;
  unit: string;
  overlap: SetOverlap;
}

const HEIGHT = 260;
const MOST_WIDTH = 560;

export function Venn({ title, unit, overlap }: VennProps) {
  const rows = overlap.parts.map((part): ChartRow => ({ label: partLabel(part, overlap.sets), figure: part.figure }));
  return (
    <ChartFrame title={title} unit={unit} rows={rows}>
      {(available) => {
        const width = Math.min(available, MOST_WIDTH);
        const { circles, regions } = layOutVenn(overlap, { width, height: HEIGHT });
        return (
          <>
            <svg role="img" aria-label={title} width={width} height={HEIGHT}>
              {circles.map(({ name, x, y, radius }, index) => (
                <circle key={name} class={`venn-circle set-${index + 1}`} cx={x} cy={y} r={radius} />
              ))}
              {regions.map(({ sets, centre, path }, index) => (
                <RegionFigure
                  key={sets.join()}
                  part={overlap.parts[index]!}
                  centre={centre}
                  path={path}
                  label={rows[index]!.label}
                />
              ))}
            </svg>
            <ul class="chart-legend">
              {overlap.sets.map((name, index) => (
                <li key={name}>
                  <span class={`legend-mark set-${index + 1}`} aria-hidden="true" />
                  {name}
                </li>
              ))}
            </ul>
          </>
        );
      }}
    </ChartFrame>
  );
}

interface RegionFigureProps {
  part: Part;
  label: string;
  centre: { readonly x: number; readonly y: number } | undefined;
  path: string;
}

function RegionFigure({ part, label, centre, path }: RegionFigureProps) {
  const text = figureText(part.figure);
  return (
    <g>
      <path class="venn-region" d={path}>
        <title>{[`${label}: ${text}`, intervalText(part.figure)].filter(Boolean).join(' · ')}</title>
      </path>
      {centre !== undefined && (
        <text class="venn-figure" x={centre.x} y={centre.y} text-anchor="middle" dominant-baseline="middle">
          {text}
        </text>
      )}
    </g>
  );
}
