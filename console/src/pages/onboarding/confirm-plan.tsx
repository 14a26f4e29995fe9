// What a person confirms before anything is hashed: the role of each column, the salt, and a preview of what comes out.
import { useMemo, useState } from 'preact/hooks';
import { type DatasetSchema, parseDatasetSchema, SchemaError } from '../../../../identifiers/dataset-schema.ts';
import type { LoadMode } from '../../../../openapi/generated/api.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Select } from '../../design/select.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { FirstLook } from '../../onboarding/first-look.ts';
import type { OnboardingGround } from '../../onboarding/ground.ts';
import { guessRoles } from '../../onboarding/guess-roles.ts';
import type { LoadPlan } from '../../onboarding/load-plan.ts';
import { LEAVE_OUT, roleOfWord, wordOfRole } from '../../onboarding/role-choices.ts';
import { ColumnRoles } from './column-roles.tsx';
import { DatasetFields, type DatasetFieldsValue } from './dataset-fields.tsx';
import { PreviewCard } from './preview-card.tsx';

interface ConfirmPlanProps {
  ground: OnboardingGround;
  look: FirstLook;
  onPlan: (plan: LoadPlan) => void;
  onAnother: () => void;
}

export function ConfirmPlan(props: ConfirmPlanProps) {
  const { name, size } = props.look.file;
  return (
    <>
      <p class="row">
        <strong>{t('onboarding.file', { name, size: formatBytes(size) })}</strong>
        <Button size="small" onPress={props.onAnother}>
          {t('onboarding.another')}
        </Button>
      </p>
      {props.ground.schema === undefined ? (
        <NewDataset {...props} />
      ) : (
        <KnownDataset {...props} schema={props.ground.schema} />
      )}
    </>
  );
}

function NewDataset({ ground, look, onPlan }: ConfirmPlanProps) {
  const [fields, setFields] = useState<DatasetFieldsValue>({
    name:
      look.file.name
        .replace(/\.[^.]+(\.gz)?$/i, '')
        .slice(0, 100)
        .trim() || look.file.name.slice(0, 100),
    country: navigator.language.split('-')[1] ?? (navigator.language === 'fr' ? 'FR' : ''),
    saltId: ground.salts[0]?.id ?? '',
  });
  const country = fields.country === '' ? {} : { defaultCountry: fields.country };
  const guesses = useMemo(() => guessRoles({ ...look, ...country }), [look, fields.country]);
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const words = guesses.map(({ column, role }) => [column, chosen[column] ?? wordOfRole(role)] as const);
  const leftOut = words.filter(([, word]) => word === LEAVE_OUT).map(([column]) => column);
  const made = schemaOf({ name: fields.name, ...country }, words);
  const salt = ground.salts.find(({ id }) => id === fields.saltId);
  return (
    <>
      <ColumnRoles
        look={look}
        guesses={guesses}
        chosen={chosen}
        onChoose={(column, word) => setChosen({ ...chosen, [column]: word })}
      />
      <DatasetFields ground={ground} value={fields} onChange={setFields} />
      {'issues' in made ? (
        <Notice tone="warning" title={t('onboarding.schemaFaults')}>
          <ul class="bullets">
            {made.issues.map(({ pointer, message, hint }) => (
              <li key={pointer + message}>
                {message} <span class="muted">{hint}</span>
              </li>
            ))}
          </ul>
        </Notice>
      ) : (
        salt !== undefined && (
          <Ready
            schema={made}
            {...{ look, leftOut, salt }}
            modes={['replace']}
            onStart={(mode) => onPlan(planOf({ look, schema: made, leftOut, salt, mode }))}
          />
        )
      )}
    </>
  );
}

function KnownDataset({ ground, look, onPlan, schema }: ConfirmPlanProps & { schema: DatasetSchema }) {
  const leftOut = look.header.filter((column) => !Object.hasOwn(schema.columns, column));
  const salt = ground.salts.find(({ id }) => id === ground.dataset?.salt_id);
  const hasRecordId = Object.values(schema.columns).some(({ role }) => role === 'record-id');
  const modes: readonly LoadMode[] = hasRecordId ? ['replace', 'upsert', 'delete'] : ['replace'];
  const datasetId = ground.dataset!.id;
  if (salt === undefined) return <Notice tone="danger" title={t('onboarding.salt')} />;
  return (
    <Ready
      {...{ schema, look, leftOut, salt, modes }}
      onStart={(mode) => onPlan({ ...planOf({ look, schema, leftOut, salt, mode }), datasetId })}
    />
  );
}

interface ReadyProps {
  schema: DatasetSchema;
  look: FirstLook;
  leftOut: readonly string[];
  salt: LoadPlan['salt'];
  modes: readonly LoadMode[];
  onStart: (mode: LoadMode) => void;
}

function Ready({ modes, onStart, ...preview }: ReadyProps) {
  const [mode, setMode] = useState<LoadMode>('replace');
  const hasConsent = Object.values(preview.schema.columns).some(({ role }) => role === 'consent');
  return (
    <>
      <PreviewCard {...preview} />
      <Card>
        {modes.length > 1 && (
          <Select
            label={t('onboarding.mode')}
            value={mode}
            choices={modes.map((value) => ({ value, label: t(`onboarding.mode-${value}`) }))}
            onChoose={setMode}
          />
        )}
        {!hasConsent && modes.length === 1 && <Notice tone="info">{t('onboarding.consentMissing')}</Notice>}
        <p>
          <Button look="primary" onPress={() => onStart(mode)}>
            {t('onboarding.start')}
          </Button>
        </p>
      </Card>
    </>
  );
}

function planOf({ look, ...plan }: Omit<LoadPlan, 'file' | 'keptAs'> & { look: FirstLook }): LoadPlan {
  return { ...plan, file: look.file, keptAs: crypto.randomUUID() };
}

function schemaOf(
  fields: { name: string; defaultCountry?: string },
  words: readonly (readonly [string, string])[],
): DatasetSchema | SchemaError {
  const columns = Object.fromEntries(
    words.flatMap(([column, word]) => (word === LEAVE_OUT ? [] : [[column, roleOfWord(word)]])),
  );
  try {
    return parseDatasetSchema({ ...fields, name: fields.name.trim(), columns });
  } catch (cause) {
    if (cause instanceof SchemaError) return cause;
    throw cause;
  }
}
