// From what came in to what left: levels and losses, each with its figure, drawn to one scale.
import { useId } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { ChartFrame, WithheldPattern } from './chart-frame.tsx';
import { figureText, isWithheld } from './figure.ts';
import { layOutWaterfall, STEP_HEIGHT, type Step, type StepBox } from './waterfall-geometry.ts';

interface WaterfallProps {
  title: string;
  unit: string;
  steps: readonly Step[];
}

export function Waterfall({ title, unit, steps }: WaterfallProps) {
  const patternId = useId();
  const rows = steps.map(({ label, figure, note, kind }) => ({
    label: kind === 'loss' ? t('charts.lost', { label }) : label,
    figure,
    ...(note === undefined ? {} : { note }),
  }));
  return (
    <ChartFrame title={title} unit={unit} rows={rows}>
      {(width) => (
        <svg role="img" aria-label={title} width={width} height={steps.length * STEP_HEIGHT}>
          <WithheldPattern id={patternId} />
          {layOutWaterfall(steps, width).map((box, index) => (
            <StepRow key={steps[index]!.label} step={steps[index]!} box={box} width={width} patternId={patternId} />
          ))}
        </svg>
      )}
    </ChartFrame>
  );
}

function StepRow({ step, box, width, patternId }: { step: Step; box: StepBox; width: number; patternId: string }) {
  const isLoss = step.kind === 'loss';
  const text = `${isLoss && !isWithheld(step.figure) ? '−' : ''}${figureText(step.figure)}`;
  return (
    <g>
      <title>{[`${step.label}: ${text}`, step.note ?? ''].filter(Boolean).join(' · ')}</title>
      {box.fall !== null && (
        <line class="chart-fall" x1={box.fall.x} x2={box.fall.x} y1={box.fall.fromY} y2={box.fall.toY} />
      )}
      <text class={isLoss ? 'chart-label is-loss' : 'chart-label'} x={0} y={box.y - 7}>
        {step.label}
      </text>
      <text class={isLoss ? 'chart-figure is-loss' : 'chart-figure'} x={width} y={box.y - 7} text-anchor="end">
        {text}
      </text>
      <rect
        class={isWithheld(step.figure) ? 'chart-withheld' : isLoss ? 'chart-loss' : 'chart-bar'}
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.height}
        rx={3}
        fill={isWithheld(step.figure) ? `url(#${patternId})` : undefined}
      />
    </g>
  );
}
