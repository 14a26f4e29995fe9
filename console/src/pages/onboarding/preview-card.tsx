// The first rows as cleartext → normalised → first eight digits, worked out in the page for the eyes of whoever loads the file.
import { useMemo } from 'preact/hooks';
import type { DatasetSchema } from '../../../../identifiers/dataset-schema.ts';
import type { PreviewCell } from '../../../../identifiers/hashing/preview-row.ts';
import { Card } from '../../design/card.tsx';
import { Table } from '../../design/table.tsx';
import { formatList } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { type FirstLook, faultOf, previewOf } from '../../onboarding/first-look.ts';
import type { HashFault } from '../../onboarding/hash-words.ts';
import type { LoadPlan } from '../../onboarding/load-plan.ts';
import { FileFaultNotice } from './file-fault-notice.tsx';

interface PreviewCardProps {
  schema: DatasetSchema;
  look: FirstLook;
  leftOut: readonly string[];
  salt: LoadPlan['salt'];
}

interface Line extends PreviewCell {
  readonly raw: string;
}

export function PreviewCard({ schema, look, leftOut, salt }: PreviewCardProps) {
  const lines = useMemo(
    () => linesOf(look, schema, salt.value, leftOut),
    [look, schema, salt.value, leftOut.join('\n')],
  );
  return (
    <Card title={t('onboarding.previewTitle')}>
      {leftOut.length > 0 && <p>{t('onboarding.leftOut', { columns: formatList(leftOut) })}</p>}
      {'code' in lines ? <FileFaultNotice fault={lines} /> : <Lines lines={lines} />}
    </Card>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return <p>{t('onboarding.previewEmpty')}</p>;
  return (
    <>
      <p class="muted">{t('onboarding.previewLead')}</p>
      <Table
        caption={t('onboarding.previewTitle')}
        columns={[
          { key: 'row', title: t('onboarding.row'), isNumber: true, cell: ({ row }) => row },
          { key: 'column', title: t('onboarding.column'), isHead: true, cell: ({ column }) => column },
          { key: 'raw', title: t('onboarding.inTheFile'), cell: ({ raw }) => raw },
          { key: 'normalised', title: t('onboarding.normalised'), cell: normalisedOf },
          {
            key: 'digest',
            title: t('onboarding.digest'),
            cell: ({ digest }) => (digest ? <code>{digest}…</code> : ''),
          },
        ]}
        rows={lines}
        rowKey={({ row, column }) => `${row} ${column}`}
      />
    </>
  );
}

function normalisedOf({ code, digest, normalised, type, raw }: Line) {
  if (code !== undefined)
    return (
      <span title={findMessage(`rejects.${code}`)}>
        {code === 'empty' ? t('onboarding.isEmpty') : <code>{code}</code>}
      </span>
    );
  if (digest !== undefined) return normalised;
  if (raw.trim() === '') return t('onboarding.isEmpty');
  return type === 'part of the key' ? t('onboarding.partOfKey') : t('onboarding.asItIs');
}

function linesOf(look: FirstLook, schema: DatasetSchema, salt: string, leftOut: readonly string[]): Line[] | HashFault {
  try {
    return previewOf(look, schema, salt, leftOut).flatMap(({ raw, cells }) =>
      cells
        .map((cell, index) => ({ ...cell, raw: shortened(cell.column === '' ? '' : (raw[index] ?? '')) }))
        .filter(({ type }) => type !== 'left out'),
    );
  } catch (cause) {
    return faultOf(cause);
  }
}

function shortened(value: string): string {
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
