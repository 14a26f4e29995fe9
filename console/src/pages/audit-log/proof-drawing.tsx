// The way from an event up to the signed root, drawn as the tree that it is: what was hashed with what, and where it stops fitting.
import { formatList } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { Drawing, Examination, LinkState, PathStep } from './receipt-steps.ts';

const WIDTH = 360;
const LEVEL = 62;
const BOX = { width: 92, height: 26 };
const MIDDLE = WIDTH / 2;
const ASIDE = { left: 62, right: WIDTH - 62 } as const;

export function ProofDrawing({ drawing, links }: { drawing: Drawing; links: Examination['links'] }) {
  const { index, size, path } = drawing;
  // From the bottom: event, leaf, one level for each sibling, the signed root.
  const levels = path.length + 3;
  const height = levels * LEVEL + 24;
  const yOf = (level: number) => height - 40 - level * LEVEL;
  return (
    <svg
      class="proof"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={t('auditLog.drawing', { index, size, steps: path.length })}
    >
      <Line from={[MIDDLE, yOf(0)]} to={[MIDDLE, yOf(1)]} state={links.event} />
      <Line from={[MIDDLE, yOf(path.length + 1)]} to={[MIDDLE, yOf(path.length + 2)]} state={links.root} />
      <Box x={MIDDLE} y={yOf(0)} text={t('auditLog.drawnEvent', { index })} state={links.event} isWord />
      {path.map((step, i) => (
        <Step key={step.result} step={step} y={yOf(i + 1)} above={yOf(i + 2)} state={links.root} />
      ))}
      <Box
        x={MIDDLE}
        y={yOf(1)}
        text={drawing.leafHash}
        note={t('auditLog.drawnLeaf')}
        noteSide={path[0]?.side === 'right' ? 'left' : 'right'}
        state={links.event}
      />
      {path.map(({ result }, i) => (
        <Box
          key={result}
          x={MIDDLE}
          y={yOf(i + 2)}
          text={result}
          note={i === path.length - 1 ? t('auditLog.drawnRoot') : undefined}
          state={links.root}
        />
      ))}
      <SignedRoot drawing={drawing} y={yOf(path.length + 2)} below={yOf(path.length + 1)} links={links} />
    </svg>
  );
}

function Step({ step, y, above, state }: { step: PathStep; y: number; above: number; state: LinkState }) {
  const x = ASIDE[step.side];
  return (
    <g>
      <Line from={[MIDDLE, y]} to={[MIDDLE, above]} state={state} />
      <Line from={[x, y]} to={[MIDDLE, above]} state={state} />
      <Box
        x={x}
        y={y}
        text={step.sibling}
        note={t('auditLog.drawnEntries', { count: step.entries })}
        state="unreached"
      />
    </g>
  );
}

interface SignedRootProps {
  drawing: Drawing;
  y: number;
  below: number;
  links: Examination['links'];
}

function SignedRoot({ drawing, y, below, links }: SignedRootProps) {
  const isSame = drawing.computedRoot === drawing.signedRoot;
  return (
    <g>
      <text class={`proof-equals proof-${links.root}`} x={MIDDLE + 14} y={(y + below) / 2 + 6}>
        {isSame ? '=' : '≠'}
      </text>
      <Box x={MIDDLE} y={y} text={drawing.signedRoot} state={links.signature} isSealed />
      <text class="proof-note" x={MIDDLE} y={y - 20} text-anchor="middle">
        {t('auditLog.drawnBy', { names: formatList([...new Set(drawing.signers)]) })}
      </text>
    </g>
  );
}

interface BoxProps {
  x: number;
  y: number;
  text: string;
  note?: string | undefined;
  /** Of a box in the middle; beside the way the note stands below its box. */
  noteSide?: 'left' | 'right';
  state: LinkState;
  isWord?: boolean;
  isSealed?: boolean;
}

function Box({ x, y, text, note, noteSide = 'right', state, isWord, isSealed }: BoxProps) {
  return (
    <g class={`proof-box proof-${state}${isSealed ? ' is-sealed' : ''}`}>
      <rect x={x - BOX.width / 2} y={y - BOX.height / 2} width={BOX.width} height={BOX.height} rx={isWord ? 13 : 6} />
      <text class={isWord ? 'proof-word' : 'proof-hash'} x={x} y={y + 4} text-anchor="middle">
        {isWord ? text : `${text.slice(0, 8)}…`}
      </text>
      {note !== undefined && <Note {...{ x, y, note, noteSide }} />}
    </g>
  );
}

interface NoteProps {
  x: number;
  y: number;
  note: string;
  noteSide: 'left' | 'right';
}

function Note({ x, y, note, noteSide }: NoteProps) {
  const isBeside = x === MIDDLE;
  const away = (BOX.width / 2 + 8) * (noteSide === 'left' ? -1 : 1);
  const anchor = isBeside ? (noteSide === 'left' ? 'end' : 'start') : 'middle';
  return (
    <text class="proof-note" x={isBeside ? x + away : x} y={isBeside ? y + 4 : y + 25} text-anchor={anchor}>
      {note}
    </text>
  );
}

function Line({ from, to, state }: { from: [number, number]; to: [number, number]; state: LinkState }) {
  return <line class={`proof-line proof-${state}`} x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} />;
}
