// How many of those who saw something bought, and how many of those who did not: in percent, with intervals.
import type { ResultRatio } from '../../../../openapi/generated/api.ts';
import { BarChart } from '../../charts/bar-chart.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { cellLabel, percentOf } from './result-words.ts';

export function ConversionRates({ ratios }: { ratios: readonly ResultRatio[] }) {
  const rows = ratios
    .filter(({ name }) => name === 'conversion-rate')
    .map(({ key, value, interval }) => ({
      label: cellLabel(key),
      figure: { value: percentOf(value), fewerThan: null, interval },
    }));
  return (
    <BarChart
      title={t('analyses.conversionRate')}
      unit="%"
      rows={rows}
      format={({ figure }) =>
        figure.value === null
          ? t('analyses.withheld')
          : formatNumber(figure.value / 100, { style: 'percent', maximumFractionDigits: 1 })
      }
    />
  );
}
