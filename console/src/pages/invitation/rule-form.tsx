// What one would allow: ticked on one side, told in plain words on the other while it is ticked.

import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Checkbox, TextField } from '../../design/field.tsx';
import { Answered } from '../../design/states.tsx';
import { formatList } from '../../i18n/formats.ts';
import { findMessage, t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { ANALYSES, PURPOSES, type RuleDraft, type RuleSentence, sentencesOf } from './rule-draft.ts';

interface RuleFormProps {
  draft: RuleDraft;
  onChange: (draft: RuleDraft) => void;
  /** Of the dataset that would be contributed. */
  attributes: readonly string[];
}

export function RuleForm({ draft, onChange, attributes }: RuleFormProps) {
  return (
    <div class="rule">
      <div class="stack">
        <Ticks
          legend={t('invitation.analyses')}
          items={ANALYSES}
          ticked={draft.analyses}
          label={(one) => t(`words.analysis-${one}`)}
          onChange={(analyses) => onChange({ ...draft, analyses })}
        />
        {attributes.length > 0 && (
          <Ticks
            legend={t('invitation.attributes')}
            items={attributes}
            ticked={draft.attributes}
            label={(one) => one}
            onChange={(chosen) => onChange({ ...draft, attributes: chosen })}
          />
        )}
        <Destinations draft={draft} onChange={onChange} />
        <Ticks
          legend={t('invitation.purposes')}
          items={PURPOSES}
          ticked={draft.purposes}
          label={(one) => t(`words.purpose-${one}`)}
          onChange={(purposes) => onChange({ ...draft, purposes })}
        />
        <Checkbox
          label={t('invitation.approval')}
          checked={draft.needsApproval}
          onChange={(needsApproval) => onChange({ ...draft, needsApproval })}
        />
        <TextField
          label={t('invitation.yourThreshold')}
          hint={t('invitation.thresholdHint')}
          type="number"
          min={50}
          value={String(draft.privacyThreshold)}
          onInput={(text) => onChange({ ...draft, privacyThreshold: Math.max(50, Math.trunc(Number(text)) || 50) })}
        />
      </div>
      <Plainly draft={draft} />
    </div>
  );
}

/** Kinds that the own organisation knows; without the right to see them, those that are in use everywhere. */
function Destinations({ draft, onChange }: Pick<RuleFormProps, 'draft' | 'onChange'>) {
  const kinds = useResource(
    async () =>
      hasAnyRole(['admin']) ? (await answered(api.GET('/v1/destination-kinds'))).items.map(({ kind }) => kind) : [],
    [],
  );
  return (
    <Answered of={kinds}>
      {(known) =>
        known.length === 0 ? (
          <TextField
            label={t('invitation.destinations')}
            hint={t('invitation.destinationsHint')}
            value={draft.destinations.join(' ')}
            onInput={(text) => onChange({ ...draft, destinations: text.split(/[\s,]+/).filter((kind) => kind !== '') })}
          />
        ) : (
          <details>
            <summary>{t('invitation.destinations')}</summary>
            <Ticks
              legend={t('invitation.destinations')}
              items={known}
              ticked={draft.destinations}
              label={(one) => one}
              onChange={(destinations) => onChange({ ...draft, destinations })}
            />
          </details>
        )
      }
    </Answered>
  );
}

interface TicksProps<V extends string> {
  legend: string;
  items: readonly V[];
  ticked: readonly V[];
  label: (item: V) => string;
  onChange: (ticked: V[]) => void;
}

function Ticks<V extends string>({ legend, items, ticked, label, onChange }: TicksProps<V>) {
  return (
    <fieldset class="choices ticks">
      <legend>{legend}</legend>
      {items.map((item) => (
        <Checkbox
          key={item}
          label={label(item)}
          checked={ticked.includes(item)}
          onChange={(isTicked) => onChange(items.filter((one) => (one === item ? isTicked : ticked.includes(one))))}
        />
      ))}
    </fieldset>
  );
}

function Plainly({ draft }: { draft: RuleDraft }) {
  return (
    <div class="plainly" aria-live="polite">
      <h3>{t('invitation.plainly')}</h3>
      <ul class="bullets">
        {sentencesOf(draft).map((sentence) => (
          <li key={sentence.message}>{textOf(sentence)}</li>
        ))}
      </ul>
    </div>
  );
}

function textOf({ message, values = {}, lists = {} }: RuleSentence): string {
  const listed = Object.entries(lists).map(([name, words]) => [
    name,
    formatList(words.map((word) => findMessage(`words.${word}`)?.toLowerCase() ?? word)),
  ]);
  return findMessage(message, { ...values, ...Object.fromEntries(listed) }) ?? message;
}
