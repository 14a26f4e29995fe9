// What was not hashed: rows left out and cells blanked, by row, field and code, with what to do; the whole list as a file.
import type { HashSummary, RejectedCell } from '../../../../identifiers/hashing/hash-stream.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Table } from '../../design/table.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { openKept, rejectsName } from '../../onboarding/kept-files.ts';

interface HashRejectsProps {
  keptAs: string;
  summary: HashSummary;
  rejects: readonly RejectedCell[];
}

export function HashRejects({ keptAs, summary, rejects }: HashRejectsProps) {
  const { received, accepted, blanked } = summary;
  const cells = Object.values(blanked)
    .flatMap((codes) => Object.values(codes))
    .reduce((sum, count) => sum + count, 0);
  const counted = t('onboarding.step-hashed', { accepted: formatNumber(accepted), received: formatNumber(received) });
  if (received === accepted && cells === 0)
    return (
      <Notice tone="good" title={t('onboarding.rejectsNone')}>
        {counted}
      </Notice>
    );
  return (
    <Card
      title={t('onboarding.rejectsTitle')}
      aside={<Button onPress={() => void saveList(keptAs)}>{t('onboarding.rejectsSave')}</Button>}
    >
      <ul class="bullets">
        <li>{counted}</li>
        {received > accepted && <li>{t('onboarding.rejectedRows', { count: received - accepted })}</li>}
        {cells > 0 && <li>{t('onboarding.blankedCells', { count: cells })}</li>}
      </ul>
      <Table
        caption={t('onboarding.rejectsTitle')}
        columns={[
          {
            key: 'row',
            title: t('onboarding.row'),
            isNumber: true,
            isHead: true,
            cell: ({ row }) => formatNumber(row),
          },
          { key: 'field', title: t('onboarding.field'), cell: ({ field }) => field || t('onboarding.wholeRow') },
          { key: 'code', title: t('onboarding.code'), cell: ({ code }) => <code>{code}</code> },
          { key: 'mend', title: t('onboarding.whatToDo'), cell: ({ code }) => findMessage(`rejects.${code}`) ?? '' },
        ]}
        rows={rejects}
        rowKey={({ row, field, code }) => `${row} ${field} ${code}`}
      />
    </Card>
  );
}

/** The list is the one that the command line writes beside its output. */
async function saveList(keptAs: string): Promise<void> {
  const url = URL.createObjectURL(await openKept(rejectsName(keptAs)));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'rejects.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
