// The answer of a run, drawn as its analysis asks for: each figure with its interval, each withheld one as "fewer than".
import type { AnalysisResult, ResultMetric, Run } from '../../../../openapi/generated/api.ts';
import { BarChart } from '../../charts/bar-chart.tsx';
import { figureOfCell, figureText, intervalText } from '../../charts/figure.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { Card } from '../../design/card.tsx';
import { findMessage, t } from '../../i18n/i18n.ts';
import { ConversionRates } from './conversion-rates.tsx';
import { MatchRates, OverlapChart } from './overlap-result.tsx';
import { ProfileChart } from './profile-result.tsx';
import { cellLabel } from './result-words.ts';

interface ResultProps {
  run: Pick<Run, 'analysis'>;
  result: AnalysisResult;
}

export function RunResult({ run, result }: ResultProps) {
  return (
    <div class="stack">
      <Drawn run={run} result={result} />
      {result.metrics.map((metric) => (
        <Remainder key={metric.name} metric={metric} />
      ))}
    </div>
  );
}

function Drawn({ run, result }: ResultProps) {
  const metric = (name: string): ResultMetric | undefined => result.metrics.find((one) => one.name === name);
  switch (run.analysis) {
    case 'overlap':
      return (
        <div class="columns">
          <Card>{metric('persons') && <OverlapChart metric={metric('persons')!} />}</Card>
          <Card>
            <MatchRates ratios={result.ratios} />
            {metric('by-identifier') && <MetricBars metric={metric('by-identifier')!} />}
          </Card>
        </div>
      );
    case 'profile':
      return (
        <Card>
          <ProfileChart result={result} />
        </Card>
      );
    case 'conversion':
      return (
        <div class="columns">
          <Card>
            <ConversionRates ratios={result.ratios} />
          </Card>
          {result.metrics.map((one) => (
            <Card key={one.name}>
              <MetricBars metric={one} />
            </Card>
          ))}
        </div>
      );
    default:
      return <Metrics metrics={result.metrics} />;
  }
}

function Metrics({ metrics }: { metrics: readonly ResultMetric[] }) {
  return (
    <div class="columns">
      {metrics.map((metric) => (
        <Card key={metric.name}>
          {metric.name === 'frequency' ? <Frequency metric={metric} /> : <MetricBars metric={metric} />}
        </Card>
      ))}
    </div>
  );
}

function Frequency({ metric }: { metric: ResultMetric }) {
  const rows = metric.cells.map((cell) => ({ label: cellLabel(cell.key), figure: figureOfCell(cell) }));
  return <LineChart title={t('analyses.metric-frequency')} unit={t(`charts.${metric.unit}`)} rows={rows} />;
}

/** One cell without a key is a single figure; more are bars. */
export function MetricBars({ metric }: { metric: ResultMetric }) {
  const title = findMessage(`analyses.metric-${metric.name}`) ?? metric.name;
  const [only] = metric.cells;
  if (metric.cells.length === 1 && only !== undefined && Object.keys(only.key).length === 0) {
    const figure = figureOfCell(only);
    return (
      <div class="big-figure">
        <h2>{title}</h2>
        <p class="big-value number">{figureText(figure)}</p>
        <p class="muted">{intervalText(figure)}</p>
      </div>
    );
  }
  const rows = metric.cells.map((cell) => ({ label: cellLabel(cell.key), figure: figureOfCell(cell) }));
  return <BarChart title={title} unit={t(`charts.${metric.unit}`)} rows={rows} />;
}

/** What was withheld, together, so that totals can be checked. */
function Remainder({ metric }: { metric: ResultMetric }) {
  if (!metric.remainder) return null;
  const figure = figureOfCell(metric.remainder);
  const title = findMessage(`analyses.metric-${metric.name}`) ?? metric.name;
  return (
    <p class="muted small">
      {t('analyses.remainder', { metric: title })}: <span class="strong number">{figureText(figure)}</span>{' '}
      {intervalText(figure)}
    </p>
  );
}
