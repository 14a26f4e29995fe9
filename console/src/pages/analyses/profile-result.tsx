// How matched persons spread over an attribute, each group with its interval and, where the rest was compared, its index.
import type { AnalysisResult, ResultCell } from '../../../../openapi/generated/api.ts';
import { BarChart } from '../../charts/bar-chart.tsx';
import { figureOfCell } from '../../charts/figure.ts';
import { t } from '../../i18n/i18n.ts';
import { attributeLabel, cellLabel } from './result-words.ts';

export function ProfileChart({ result }: { result: AnalysisResult }) {
  const cells = result.metrics[0]?.cells ?? [];
  const subject = cells.filter(({ key }) => key.part !== 'rest');
  const names = Object.keys(subject[0]?.key ?? {}).filter((name) => name !== 'part');
  const rows = subject.map((cell) => {
    const index = indexOf(result, cell);
    return {
      label: cellLabel(withoutPart(cell)),
      figure: figureOfCell(cell),
      ...(index === null ? {} : { note: t('analyses.index', { index }) }),
    };
  });
  const title = t('analyses.spreadOver', { attributes: names.map(attributeLabel).join(' × ') });
  return (
    <>
      <BarChart title={title} unit={t('charts.persons')} rows={rows} />
      {rows.some(({ note }) => note !== undefined) && <p class="muted small">{t('analyses.indexMeaning')}</p>}
    </>
  );
}

function indexOf({ ratios }: AnalysisResult, cell: ResultCell): string | null {
  const key = JSON.stringify(sorted(withoutPart(cell)));
  return ratios.find((ratio) => ratio.name === 'index' && JSON.stringify(sorted(ratio.key)) === key)?.value ?? null;
}

function withoutPart({ key }: ResultCell): ResultCell['key'] {
  return Object.fromEntries(Object.entries(key).filter(([name]) => name !== 'part'));
}

function sorted(key: ResultCell['key']): [string, string | null][] {
  return Object.entries(key).sort(([one], [other]) => one.localeCompare(other));
}
