// What a dry run found, as figures where it counted persons. A count below the threshold is never drawn as nothing.
import type { Approval, Cell } from '../../../../openapi/generated/api.ts';
import { formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';

type Forecast = NonNullable<Approval['shown']['forecast']>;

export function ForecastFigures({ forecast: { text, detail } }: { forecast: Forecast }) {
  const { audience, would_deliver: wouldDeliver, refused } = detail;
  if (!isCell(audience) || !isCell(wouldDeliver)) return <p>{text}</p>;
  const reasons = Object.entries((refused ?? {}) as Record<string, unknown>).filter((entry): entry is [string, Cell] =>
    isCell(entry[1]),
  );
  return (
    <div class="stack">
      <dl class="figures">
        <Figure name={t('approvals.audience')} cell={audience} whole={audience} />
        <Figure name={t('approvals.wouldDeliver')} cell={wouldDeliver} whole={audience} isGood />
        {reasons.map(([reason, cell]) => (
          <Figure
            key={reason}
            name={t('approvals.withheld')}
            note={findMessage(`reasons.${reason}`) ?? reason}
            cell={cell}
            whole={audience}
          />
        ))}
      </dl>
      {reasons.length === 0 && <p class="muted">{t('approvals.nobodyWithheld')}</p>}
    </div>
  );
}

interface FigureProps {
  name: string;
  note?: string;
  cell: Cell;
  /** What the bar is a share of. */
  whole: Cell;
  isGood?: boolean;
}

function Figure({ name, note, cell, whole, isGood = false }: FigureProps) {
  return (
    <div>
      <dt>
        {name}
        {note !== undefined && <span class="muted small figure-note">{note}</span>}
      </dt>
      <dd>
        <span class="figure-count">{cellText(cell)}</span>
        <svg
          class={isGood ? 'figure-bar is-good' : 'figure-bar'}
          viewBox="0 0 100 6"
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <rect class="figure-ground" width="100" height="6" />
          <rect class="figure-share" width={100 * shareOf(cell, whole)} height="6" />
        </svg>
      </dd>
    </div>
  );
}

export function cellText(cell: Cell): string {
  return 'value' in cell ? formatNumber(cell.value) : t('words.fewerThan', { count: cell.fewer_than });
}

/** What is not told has no length: a bar of it would tell. */
function shareOf(cell: Cell, whole: Cell): number {
  if (!('value' in cell) || !('value' in whole) || whole.value === 0) return 0;
  return Math.min(1, cell.value / whole.value);
}

function isCell(value: unknown): value is Cell {
  return typeof value === 'object' && value !== null && ('value' in value || 'fewer_than' in value);
}
