// Whom a request means by the record ids of a dataset, for persons of whom no address is known, or whose dataset's salt is gone.
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { TextArea } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';

export interface RecordsInPage {
  readonly datasetId: string;
  /** One a line, as it stands in the file. */
  readonly text: string;
}

export const NO_RECORDS: RecordsInPage = { datasetId: '', text: '' };

export function recordsOf({ datasetId, text }: RecordsInPage): { dataset_id: string; record_ids: string[] }[] {
  const ids = text.split(/\r?\n/).filter((id) => id.trim() !== '');
  return datasetId === '' || ids.length === 0 ? [] : [{ dataset_id: datasetId, record_ids: [...new Set(ids)] }];
}

export function RecordsField({ of, onChange }: { of: RecordsInPage; onChange: (of: RecordsInPage) => void }) {
  const datasets = useResource(
    () => everyItem((cursor) => api.GET('/v1/datasets', { params: { query: pageFrom(cursor) } })),
    [],
  );
  const choices = (datasets.value ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Select
        label={t('requests.dataset')}
        hint={t('requests.datasetHint')}
        value={of.datasetId}
        choices={[{ value: '', label: t('requests.noDataset') }, ...choices]}
        onChoose={(datasetId) => onChange({ ...of, datasetId })}
      />
      {of.datasetId !== '' && (
        <TextArea
          label={t('requests.records')}
          hint={t('requests.recordsHint')}
          rows={3}
          value={of.text}
          onInput={(text) => onChange({ ...of, text })}
        />
      )}
      {datasets.state === 'failed' && <Refusal problem={datasets.problem} />}
    </>
  );
}
