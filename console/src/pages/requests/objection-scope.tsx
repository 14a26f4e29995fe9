// What a person objects to: purposes, kinds of destination, or everything.
import { Checkbox, TextField } from '../../design/field.tsx';
import { t } from '../../i18n/i18n.ts';

const PURPOSES = ['advertising', 'measurement', 'personalisation', 'analytics', 'email-marketing'] as const;

export interface Scope {
  readonly purposes: readonly (typeof PURPOSES)[number][];
  readonly destinationKinds: readonly string[];
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
    </>
  );
}
