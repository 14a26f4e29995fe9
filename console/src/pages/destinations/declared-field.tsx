// One field as a destination declares it: its title, what it is for, what it takes and what stands when it is left empty.
import type { DestinationField } from '../../../../openapi/generated/api.ts';
import { Checkbox, TextField } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';
import type { Entry } from './entries.ts';

interface DeclaredFieldProps {
  field: DestinationField;
  entry: Entry | undefined;
  error?: string | undefined;
  /** Required, but may be chosen later. */
  mayWait?: boolean;
  onEntry: (entry: Entry) => void;
}

export function DeclaredField({ field, entry, error, mayWait = false, onEntry }: DeclaredFieldProps) {
  const { title, type, choices = [] } = field;
  const isRequired = field.required && !mayWait;
  const label = isRequired ? t('destinations.needed', { title }) : title;
  const hint = hintOf(field, mayWait);
  if (type === 'boolean') {
    const checked = typeof entry === 'boolean' ? entry : field.default === true;
    return <Checkbox label={`${title}. ${field.description}`} checked={checked} onChange={onEntry} />;
  }
  if (type === 'choices') return <Choices field={field} entry={entry} onEntry={onEntry} />;
  const value = typeof entry === 'string' ? entry : '';
  if (type === 'choice') {
    const placeholder = typeof field.default === 'string' ? field.default : t('analyses.choose');
    return (
      <Select
        label={label}
        hint={hint}
        error={error}
        value={value}
        placeholder={placeholder}
        choices={choices.map((one) => ({ value: one, label: one }))}
        onChoose={onEntry}
      />
    );
  }
  return (
    <TextField
      label={label}
      hint={hint}
      error={error}
      value={value}
      required={isRequired}
      onInput={onEntry}
      autocomplete="off"
      type={type === 'secret' ? 'password' : 'text'}
      {...(type === 'integer' ? { inputMode: 'numeric' as const } : {})}
      {...(field.max_length === undefined ? {} : { maxLength: field.max_length })}
    />
  );
}

function hintOf({ description, default: stands, min, max }: DestinationField, mayWait: boolean): string {
  const parts = [description];
  if (min !== undefined && max !== undefined) parts.push(t('destinations.between', { min, max }));
  if (['string', 'number'].includes(typeof stands)) parts.push(t('destinations.default', { value: String(stands) }));
  if (mayWait) parts.push(t('destinations.mayWait'));
  return parts.join(' ');
}

function Choices({ field, entry, onEntry }: Pick<DeclaredFieldProps, 'field' | 'entry' | 'onEntry'>) {
  const given = Array.isArray(entry) ? (entry as readonly string[]) : undefined;
  const chosen = given ?? (Array.isArray(field.default) ? field.default.map(String) : []);
  const turn = (one: string, isOn: boolean) =>
    onEntry(isOn ? [...chosen, one] : chosen.filter((other) => other !== one));
  return (
    <fieldset class="field">
      <legend class="field-label">{field.title}</legend>
      <div class="field-hint">{field.description}</div>
      {(field.choices ?? []).map((one) => (
        <Checkbox key={one} label={one} checked={chosen.includes(one)} onChange={(isOn) => turn(one, isOn)} />
      ))}
    </fieldset>
  );
}
