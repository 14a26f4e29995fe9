// What a person objects to: purposes, kinds of destination, single destinations of one's own, or everything.
import { pageFrom } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Checkbox, TextField } from '../../design/field.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';

const PURPOSES = ['advertising', 'measurement', 'personalisation', 'analytics', 'email-marketing'] as const;

export interface Scope {
  readonly purposes: readonly (typeof PURPOSES)[number][];
  readonly destinationKinds: readonly string[];
  readonly destinationIds: readonly string[];
}

export function ObjectionScope({ scope, onChange }: { scope: Scope; onChange: (scope: Scope) => void }) {
  const { purposes, destinationKinds } = scope;
  return (
    <>
      <fieldset class="choices ticks">
        <legend>{t('requests.purposes')}</legend>
        {PURPOSES.map((purpose) => (
          <Checkbox
            key={purpose}
            label={t(`words.purpose-${purpose}`)}
            checked={purposes.includes(purpose)}
            onChange={(isTicked) =>
              onChange({
                ...scope,
                purposes: PURPOSES.filter((one) => (one === purpose ? isTicked : purposes.includes(one))),
              })
            }
          />
        ))}
      </fieldset>
      <TextField
        label={t('requests.destinationKinds')}
        hint={t('requests.destinationKindsHint')}
        value={destinationKinds.join(' ')}
        onInput={(text) => onChange({ ...scope, destinationKinds: text.split(/[\s,]+/).filter((kind) => kind !== '') })}
      />
      <SingleDestinations
        chosen={scope.destinationIds}
        onChange={(destinationIds) => onChange({ ...scope, destinationIds })}
      />
    </>
  );
}

function SingleDestinations({ chosen, onChange }: { chosen: readonly string[]; onChange: (ids: string[]) => void }) {
  const all = useResource(
    () => everyItem((cursor) => api.GET('/v1/destinations', { params: { query: pageFrom(cursor) } })),
    [],
  );
  if (all.state === 'failed') return <Refusal problem={all.problem} />;
  if (all.value === undefined || all.value.length === 0) return null;
  return (
    <fieldset class="choices ticks">
      <legend>{t('requests.destinationIds')}</legend>
      {all.value.map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          checked={chosen.includes(id)}
          onChange={(isTicked) => onChange([...chosen.filter((one) => one !== id), ...(isTicked ? [id] : [])])}
        />
      ))}
    </fieldset>
  );
}
