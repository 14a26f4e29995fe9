// The fields of questions about events: what was seen, what was bought, within how long, and when.
import type { Contribution } from '../../../../openapi/generated/api.ts';
import { TextField } from '../../design/field.tsx';
import { type Choice, Select } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { type FieldsProps, sidesOf } from './question-fields.tsx';
import { attributeLabel } from './result-words.ts';

const MODELS = ['last-touch', 'linear'] as const;

export function EventFields(props: FieldsProps) {
  return (
    <>
      {props.form.analysis === 'reach-frequency' ? <ReachFields {...props} /> : <PurchaseFields {...props} />}
      <PeriodFields {...props} />
    </>
  );
}

function aliasesOf(props: FieldsProps): Choice[] {
  return sidesOf(props).map(({ alias }) => ({ value: alias, label: alias }));
}

function ReachFields(props: FieldsProps) {
  const { form, onChange } = props;
  return (
    <>
      <Select
        label={t('analyses.events')}
        value={form.events}
        choices={aliasesOf(props)}
        placeholder={t('analyses.choose')}
        onChoose={(events) => onChange({ events })}
      />
      <TextField
        label={t('analyses.maxFrequency')}
        type="number"
        min={1}
        max={100}
        value={form.maxFrequency}
        onInput={(maxFrequency) => onChange({ maxFrequency })}
      />
    </>
  );
}

function PurchaseFields(props: FieldsProps) {
  const { form, onChange } = props;
  const isAttribution = form.analysis === 'attribution';
  return (
    <>
      <Select
        label={t(isAttribution ? 'analyses.touches' : 'analyses.exposures')}
        value={form.exposures}
        choices={aliasesOf(props)}
        placeholder={t('analyses.choose')}
        onChoose={(exposures) => onChange({ exposures, channel: '' })}
      />
      <Select
        label={t('analyses.purchases')}
        value={form.purchases}
        choices={aliasesOf(props).filter(({ value }) => value !== form.exposures)}
        placeholder={t('analyses.choose')}
        onChoose={(purchases) => onChange({ purchases, revenue: '' })}
      />
      <TextField
        label={t('analyses.windowDays')}
        type="number"
        min={1}
        max={400}
        value={form.windowDays}
        onInput={(windowDays) => onChange({ windowDays })}
      />
      {isAttribution ? <ChannelFields {...props} /> : <RevenueFields {...props} />}
    </>
  );
}

/** Attributes of one side that its rule opens for breakdown. */
function attributesOf(sides: readonly Contribution[], alias: string): Choice[] {
  const names = sides.find((side) => side.alias === alias)?.rule.breakdown_attributes ?? [];
  return names.map((name) => ({ value: `${alias}.${name}`, label: attributeLabel(`${alias}.${name}`) }));
}

function ChannelFields({ form, onChange, ...rest }: FieldsProps) {
  return (
    <>
      <Select
        label={t('analyses.channel')}
        value={form.channel}
        choices={attributesOf(sidesOf({ form, ...rest }), form.exposures)}
        placeholder={t('analyses.choose')}
        onChoose={(channel) => onChange({ channel })}
      />
      <Select
        label={t('analyses.model')}
        value={form.model}
        choices={MODELS.map((value) => ({ value, label: t(`analyses.model-${value}`) }))}
        onChoose={(model) => onChange({ model })}
      />
    </>
  );
}

function RevenueFields({ form, onChange, ...rest }: FieldsProps) {
  const choices = attributesOf(sidesOf({ form, ...rest }), form.purchases);
  return (
    <>
      <Select
        label={t('analyses.revenue')}
        value={form.revenue}
        choices={[{ value: '', label: t('analyses.none') }, ...choices]}
        onChoose={(revenue) => onChange({ revenue })}
      />
      {form.revenue !== '' && (
        <TextField
          label={t('analyses.revenueClamp')}
          hint={t('analyses.revenueClampHint')}
          type="number"
          min={1}
          value={form.revenueClamp}
          onInput={(revenueClamp) => onChange({ revenueClamp })}
        />
      )}
    </>
  );
}

function PeriodFields({ form, onChange }: FieldsProps) {
  return (
    <div class="form-row">
      <TextField label={t('analyses.from')} type="date" value={form.from} onInput={(from) => onChange({ from })} />
      <TextField label={t('analyses.to')} type="date" value={form.to} onInput={(to) => onChange({ to })} />
    </div>
  );
}
