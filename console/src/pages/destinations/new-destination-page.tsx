// A new destination from what its kind declares: settings and credentials as fields, each with what it is for. Credentials leave this
// page once and are never shown again.
import { useState } from 'preact/hooks';
import type { DestinationField, DestinationKind } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Notice } from '../../design/notice.tsx';
import { Select } from '../../design/select.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { navigate } from '../../router.tsx';
import { DeclaredField } from './declared-field.tsx';
import { type Entries, faultsByField, valuesOf } from './entries.ts';

export function NewDestinationPage() {
  const kinds = useResource(async () => (await answered(api.GET('/v1/destination-kinds'))).items, []);
  const [chosen, setChosen] = useState('');
  return (
    <div class="page">
      <PageHead
        title={t('destinations.new')}
        lead={t('destinations.newLead')}
        up={{ to: '/destinations', label: t('destinations.title') }}
      />
      <Answered of={kinds}>
        {(items) => {
          const kind = items.find((one) => one.kind === chosen);
          return (
            <>
              <Card title={t('destinations.kind')}>
                <Select
                  label={t('destinations.whichKind')}
                  value={chosen}
                  placeholder={t('analyses.choose')}
                  choices={items.map(({ kind: value, title }) => ({ value, label: title }))}
                  onChoose={setChosen}
                />
                {kind !== undefined && <p class="muted">{kind.removal}</p>}
                {kind?.rows_readable === true && <Notice tone="info">{t('destinations.rowsReadable')}</Notice>}
              </Card>
              {kind !== undefined && <Configuration key={kind.kind} kind={kind} />}
            </>
          );
        }}
      </Answered>
    </div>
  );
}

function Configuration({ kind }: { kind: DestinationKind }) {
  const [name, setName] = useState('');
  const [region, setRegion] = useState('');
  const [settings, setSettings] = useState<Entries>({});
  const [credentials, setCredentials] = useState<Entries>({});
  const making = useDeed(async () => {
    const where = region.trim() === '' ? {} : { region: region.trim() };
    const body = {
      ...{ name: name.trim(), kind: kind.kind, ...where, settings: valuesOf(kind.settings, settings) },
      credentials: valuesOf(kind.credentials, credentials),
    };
    const made = await answered(api.POST('/v1/destinations', { body }));
    setCredentials({});
    navigate(`/destinations/${made.id}`);
  });
  const faults = faultsByField(making.problem);
  return (
    <Form onSubmit={making.run}>
      {making.problem !== undefined && <Refusal problem={making.problem} />}
      <Card title={t('destinations.settings')}>
        <TextField label={t('destinations.name')} value={name} onInput={setName} required maxLength={100} />
        <TextField
          label={t('destinations.region')}
          hint={t('destinations.regionHint')}
          value={region}
          onInput={setRegion}
          maxLength={40}
        />
        <Fields
          fields={kind.settings}
          under="settings"
          {...{ faults, entries: settings, onEntries: setSettings, mayWait: kind.audience_setting }}
        />
      </Card>
      {kind.credentials.length > 0 && (
        <Card title={t('destinations.credentials')}>
          <p class="muted">{t('destinations.credentialsText')}</p>
          <Fields
            fields={kind.credentials}
            under="credentials"
            {...{ faults, entries: credentials, onEntries: setCredentials, mayWait: null }}
          />
        </Card>
      )}
      <Button type="submit" look="primary" busy={making.busy} disabled={name.trim() === ''}>
        {t('destinations.create')}
      </Button>
    </Form>
  );
}

interface FieldsProps {
  fields: readonly DestinationField[];
  under: 'settings' | 'credentials';
  entries: Entries;
  faults: Readonly<Record<string, string>>;
  /** The field that may be chosen later. */
  mayWait: string | null;
  onEntries: (entries: Entries) => void;
}

function Fields({ fields, under, entries, faults, mayWait, onEntries }: FieldsProps) {
  return (
    <>
      {fields.map((field) => (
        <DeclaredField
          key={field.name}
          field={field}
          mayWait={field.name === mayWait}
          entry={entries[field.name]}
          error={faults[`/${under}/${field.name}`]}
          onEntry={(entry) => onEntries({ ...entries, [field.name]: entry })}
        />
      ))}
    </>
  );
}
