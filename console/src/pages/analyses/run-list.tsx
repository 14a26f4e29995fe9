// Questions that were asked, the newest first, with what each cost and how it ended.
import type { Run } from '../../../../openapi/generated/api.ts';
import { Badge, type Tone } from '../../design/notice.tsx';
import { Empty } from '../../design/states.tsx';
import { Table } from '../../design/table.tsx';
import { formatInstant, formatShare } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';

const TONES: Readonly<Record<Run['status'], Tone>> = {
  queued: 'neutral',
  running: 'info',
  succeeded: 'good',
  refused: 'warning',
  failed: 'danger',
};

export function RunBadge({ status }: { status: Run['status'] }) {
  return <Badge tone={TONES[status]}>{t(`analyses.status-${status}`)}</Badge>;
}

export function costText({ cost }: Pick<Run, 'cost'>): string {
  return cost.is_free ? t('analyses.free') : formatShare(cost.share_of_budget);
}

export function RunList({ runs }: { runs: readonly Run[] }) {
  if (runs.length === 0) return <Empty title={t('analyses.empty')}>{t('analyses.emptyText')}</Empty>;
  return (
    <Table
      caption={t('analyses.title')}
      rows={runs}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'question',
          title: t('analyses.question'),
          isHead: true,
          cell: (run) => <Link to={`/runs/${run.id}`}>{run.question}</Link>,
        },
        { key: 'analysis', title: t('analyses.kind'), cell: ({ analysis }) => t(`words.analysis-${analysis}`) },
        { key: 'status', title: t('analyses.status'), cell: ({ status }) => <RunBadge status={status} /> },
        { key: 'cost', title: t('analyses.cost'), isNumber: true, cell: costText },
        { key: 'at', title: t('analyses.askedAt'), cell: ({ created_at }) => formatInstant(created_at) },
      ]}
    />
  );
}
