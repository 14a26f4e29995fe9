// One of a few, by the browser's own control, which every keyboard and reader knows; and one of very few, side by side.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Field } from './field.tsx';

export interface Choice<V extends string = string> {
  readonly value: V;
  readonly label: string;
  readonly disabled?: boolean;
}

interface SelectProps<V extends string> {
  label: string;
  value: V | '';
  choices: readonly Choice<V>[];
  onChoose: (value: V) => void;
  hint?: ComponentChildren;
  error?: string | undefined;
  isLabelHidden?: boolean;
  /** Shown as long as nothing is chosen. */
  placeholder?: string | undefined;
  disabled?: boolean;
}

export function Select<V extends string>({
  choices,
  onChoose,
  placeholder,
  value,
  disabled,
  ...field
}: SelectProps<V>) {
  return (
    <Field {...field}>
      {(ids) => (
        <select
          class="control"
          {...ids}
          value={value}
          disabled={disabled ?? false}
          onChange={(event) => onChoose(event.currentTarget.value as V)}
        >
          {placeholder !== undefined && (
            <option value="" disabled={value !== ''}>
              {placeholder}
            </option>
          )}
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} disabled={choice.disabled ?? false}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  choices: readonly Choice<V>[];
  onChoose: (value: V) => void;
}

/** Radio buttons that lie side by side: arrows move, the label is read aloud. */
export function Segmented<V extends string>({ label, value, choices, onChoose }: SegmentedProps<V>) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="unseen">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class={choice.value === value ? 'segmented-choice is-chosen' : 'segmented-choice'}>
          <input
            type="radio"
            class="unseen"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.disabled ?? false}
            onChange={() => onChoose(choice.value)}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}
