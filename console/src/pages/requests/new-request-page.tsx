// Taking down what a person asked for. Their addresses and numbers are hashed in this page: of those only digests leave it.
import { useState } from 'preact/hooks';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Notice } from '../../design/notice.tsx';
import { Segmented } from '../../design/select.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { navigate, place, setQuery } from '../../router.tsx';
import { instantOf } from '../audit-log/filters.ts';
import { ObjectionScope, type Scope } from './objection-scope.tsx';
import { PersonsField } from './persons-field.tsx';
import { NO_RECORDS, RecordsField, type RecordsInPage, recordsOf } from './records-field.tsx';

const KINDS = ['deletion', 'access', 'objection'] as const;

export function NewRequestPage() {
  const kind = KINDS.find((one) => one === place.value.query.get('kind')) ?? 'deletion';
  const [named, setNamed] = useState<NamedByDigest>({ digests: [] });
  const [records, setRecords] = useState<RecordsInPage>(NO_RECORDS);
  const [reference, setReference] = useState('');
  const [received, setReceived] = useState('');
  const [scope, setScope] = useState<Scope>({ purposes: [], destinationKinds: [], destinationIds: [] });
  const { asking, isRecorded } = useAsking({ kind, reference, received, scope });
  const persons = named === undefined ? {} : personsOf(named, records);
  return (
    <div class="page">
      <PageHead
        title={t('requests.new')}
        lead={t(`requests.about-${kind}`)}
        up={{ to: '/requests', label: t('requests.title') }}
      />
      <Card>
        <p>
          <Segmented
            label={t('requests.kind')}
            value={kind}
            choices={KINDS.map((value) => ({ value, label: t(`requests.kind-${value}`) }))}
            onChoose={(chosen) => setQuery({ kind: chosen })}
          />
        </p>
        <PersonsField onNamed={setNamed} />
        <RecordsField of={records} onChange={setRecords} />
        {kind === 'objection' ? (
          <ObjectionScope scope={scope} onChange={setScope} />
        ) : (
          <AboutRequest {...{ reference, received }} onReference={setReference} onReceived={setReceived} />
        )}
        {asking.problem !== undefined && <Refusal problem={asking.problem} />}
        {isRecorded && <Notice tone="good">{t('requests.recorded')}</Notice>}
        <p>
          <Button
            look={kind === 'deletion' ? 'danger' : 'primary'}
            busy={asking.busy}
            disabled={Object.keys(persons).length === 0 || reference.includes('@')}
            onPress={() => asking.run(persons)}
          >
            {t(`requests.ask-${kind}`)}
          </Button>
        </p>
      </Card>
    </div>
  );
}

/** Undefined while something is typed that is not understood: nobody is left out by a slip. */
type NamedByDigest = { readonly digests: readonly string[] } | undefined;

interface Persons {
  digests?: string[];
  records?: { dataset_id: string; record_ids: string[] }[];
}

function personsOf({ digests }: { readonly digests: readonly string[] }, named: RecordsInPage): Persons {
  const records = recordsOf(named);
  return { ...(digests.length === 0 ? {} : { digests: [...digests] }), ...(records.length === 0 ? {} : { records }) };
}

interface Wish {
  kind: (typeof KINDS)[number];
  reference: string;
  received: string;
  scope: Scope;
}

function useAsking({ kind, reference, received, scope }: Wish) {
  const [isRecorded, setRecorded] = useState(false);
  const asking = useDeed(async (persons: Persons) => {
    setRecorded(false);
    const body = bodyOf({ persons, reference, received });
    if (kind === 'deletion')
      navigate(`/requests/deletions/${(await answered(api.POST('/v1/deletion-requests', { body }))).id}`);
    else if (kind === 'access')
      navigate(`/requests/access/${(await answered(api.POST('/v1/access-requests', { body }))).id}`);
    else {
      await answered(api.POST('/v1/objections', { body: objectionOf(persons, scope) }));
      setRecorded(true);
    }
  });
  return { asking, isRecorded };
}

function bodyOf(of: { persons: Persons; reference: string; received: string }) {
  const receivedAt = instantOf(of.received || undefined);
  return {
    persons: of.persons,
    ...(of.reference === '' ? {} : { reference: of.reference }),
    ...(receivedAt === undefined ? {} : { received_at: receivedAt }),
    // The contract's own default; the law of the person's country may ask for less.
    due_in_days: 30,
  };
}

interface AboutRequestProps {
  reference: string;
  received: string;
  onReference: (text: string) => void;
  onReceived: (day: string) => void;
}

function AboutRequest({ reference, received, onReference, onReceived }: AboutRequestProps) {
  return (
    <div class="form-row">
      <TextField
        label={t('requests.reference')}
        hint={t('requests.referenceHint')}
        error={reference.includes('@') ? t('requests.referenceWrong') : undefined}
        value={reference}
        maxLength={100}
        onInput={onReference}
      />
      <TextField
        label={t('requests.received')}
        hint={t('requests.receivedHint')}
        type="date"
        value={received}
        onInput={onReceived}
      />
    </div>
  );
}

/** Nothing ticked means everything, as the contract has it. */
function objectionOf(persons: Persons, { purposes, destinationKinds, destinationIds }: Scope) {
  return {
    ...persons,
    ...(purposes.length === 0 ? {} : { purposes: [...purposes] }),
    ...(destinationKinds.length === 0 ? {} : { destination_kinds: [...destinationKinds] }),
    ...(destinationIds.length === 0 ? {} : { destination_ids: [...destinationIds] }),
  };
}
