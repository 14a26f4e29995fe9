// Name, country and salt of a dataset that is about to be made.
import { Card } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { locale, t } from '../../i18n/i18n.ts';
import { COUNTRIES } from '../../onboarding/countries.ts';
import type { OnboardingGround } from '../../onboarding/ground.ts';

export interface DatasetFieldsValue {
  readonly name: string;
  /** ISO 3166-1 alpha-2; '' for none. */
  readonly country: string;
  readonly saltId: string;
}

interface DatasetFieldsProps {
  ground: OnboardingGround;
  value: DatasetFieldsValue;
  onChange: (value: DatasetFieldsValue) => void;
}

export function DatasetFields({ ground, value, onChange }: DatasetFieldsProps) {
  const names = new Intl.DisplayNames(locale.value, { type: 'region' });
  const countries = COUNTRIES.map((code) => ({ value: code, label: names.of(code) ?? code })).sort((a, b) =>
    a.label.localeCompare(b.label, locale.value),
  );
  return (
    <Card>
      <div class="columns">
        <TextField
          label={t('onboarding.datasetName')}
          value={value.name}
          maxLength={100}
          required
          onInput={(name) => onChange({ ...value, name })}
        />
        <Select
          label={t('onboarding.country')}
          hint={t('onboarding.countryHint')}
          value={value.country}
          choices={[{ value: '', label: t('onboarding.countryNone') }, ...countries]}
          onChoose={(country) => onChange({ ...value, country })}
        />
        <Select
          label={t('onboarding.salt')}
          hint={t('onboarding.saltHint')}
          value={value.saltId}
          choices={ground.salts.map(({ id, epoch, collaboration }) => ({
            value: id,
            label:
              collaboration === undefined
                ? t('onboarding.saltService', { epoch })
                : t('onboarding.saltCollaboration', { epoch, name: collaboration }),
          }))}
          onChoose={(saltId) => onChange({ ...value, saltId })}
        />
      </div>
    </Card>
  );
}
