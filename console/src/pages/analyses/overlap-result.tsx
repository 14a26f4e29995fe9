// An overlap as circles or as an UpSet plot, as the reader likes it where both can be drawn; and the match rates it yields.
import { useState } from 'preact/hooks';
import type { ResultMetric, ResultRatio } from '../../../../openapi/generated/api.ts';
import { overlapOfMetric } from '../../charts/set-overlap.ts';
import { UpSet } from '../../charts/upset.tsx';
import { Venn } from '../../charts/venn.tsx';
import { Facts } from '../../design/card.tsx';
import { Segmented } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';

const MOST_CIRCLES = 3;
const DRAWINGS = ['venn', 'upset'] as const;

export function OverlapChart({ metric }: { metric: ResultMetric }) {
  const overlap = overlapOfMetric(metric);
  const canVenn = overlap.sets.length <= MOST_CIRCLES;
  const [chosen, choose] = useState<(typeof DRAWINGS)[number]>('venn');
  const title = t('analyses.metric-overlap');
  const unit = t('charts.persons');
  return (
    <>
      {canVenn && (
        <Segmented
          label={t('analyses.drawing')}
          value={chosen}
          choices={DRAWINGS.map((value) => ({ value, label: t(`analyses.drawing-${value}`) }))}
          onChoose={choose}
        />
      )}
      {canVenn && chosen === 'venn' ? (
        <Venn title={title} unit={unit} overlap={overlap} />
      ) : (
        <UpSet title={title} unit={unit} overlap={overlap} />
      )}
    </>
  );
}

export function MatchRates({ ratios }: { ratios: readonly ResultRatio[] }) {
  const rates = ratios.filter(({ name }) => name === 'match-rate');
  if (rates.length === 0) return null;
  return (
    <Facts
      items={rates.map(({ key, value }) => ({
        name: t('analyses.matchRateOf', { source: key.of ?? '' }),
        value: <span class="big-value number">{value ?? t('analyses.withheld')}</span>,
      }))}
    />
  );
}
