// A question with its answer: label, hint and error are tied to the control, so that every reader of the page hears them together.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** The label is read aloud but not drawn, where the place says what is asked. */
  isLabelHidden?: boolean;
}

interface ControlIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export function Field(props: FieldProps & { children: (ids: ControlIds) => ComponentChildren }) {
  const id = useId();
  const notes = [props.hint === undefined ? '' : `${id}-hint`, props.error === undefined ? '' : `${id}-error`];
  const describedBy = notes.filter((note) => note !== '').join(' ');
  return (
    <div class="field">
      <label for={id} class={props.isLabelHidden ? 'unseen' : 'field-label'}>
        {props.label}
      </label>
      {props.children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': props.error === undefined ? undefined : true,
      })}
      {props.hint !== undefined && (
        <div class="field-hint" id={`${id}-hint`}>
          {props.hint}
        </div>
      )}
      {props.error !== undefined && (
        <div class="field-error" id={`${id}-error`}>
          {props.error}
        </div>
      )}
    </div>
  );
}

interface TextFieldProps extends FieldProps {
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'email' | 'password' | 'number' | 'date' | 'search' | 'url';
  autocomplete?: string;
  inputMode?: 'numeric' | 'decimal' | 'text';
  required?: boolean;
  disabled?: boolean;
  placeholder?: string;
  min?: number | string;
  max?: number | string;
  step?: number | 'any';
  maxLength?: number;
  /** The place where a person begins on this page. */
  isFirst?: boolean;
}

export function TextField({
  label,
  hint,
  error,
  isLabelHidden,
  onInput,
  isFirst,
  type = 'text',
  ...rest
}: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} isLabelHidden={isLabelHidden ?? false}>
      {(ids) => (
        <input
          class="control"
          type={type as 'text'}
          {...rest}
          {...ids}
          autofocus={isFirst}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function TextArea({
  value,
  onInput,
  rows = 4,
  isCode,
  ...field
}: FieldProps & { value: string; onInput: (value: string) => void; rows?: number; isCode?: boolean }) {
  return (
    <Field {...field}>
      {(ids) => (
        <textarea
          class={isCode ? 'control code' : 'control'}
          rows={rows}
          {...ids}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface CheckboxProps {
  label: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Checkbox({ label, checked, onChange, disabled = false }: CheckboxProps) {
  return (
    <label class="checkbox">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
