// The fields that the chosen analysis takes, offering only what the contributors' rules let be asked.
import type { Contribution } from '../../../../openapi/generated/api.ts';
import { type Chamber, matchName, pageFrom, readyMatches } from '../../api/chamber.ts';
import { api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Checkbox, TextField } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { t } from '../../i18n/i18n.ts';
import { EventFields } from './event-fields.tsx';
import { EMPTY_QUESTION, type QuestionForm } from './question-form.ts';
import { attributeLabel } from './result-words.ts';

export interface FieldsProps {
  chamber: Chamber;
  form: QuestionForm;
  onChange: (part: Partial<QuestionForm>) => void;
}

export function QuestionFields({ chamber, form, onChange }: FieldsProps) {
  const matches = readyMatches(chamber);
  return (
    <div class="form">
      {form.contributionIds.length < 2 && (
        <Select
          label={t('analyses.match')}
          value={form.matchId}
          choices={matches.map((match) => ({ value: match.id, label: matchName(chamber, match) }))}
          onChoose={(matchId) =>
            onChange({ matchId, breakdown: '', second: '', exposures: '', purchases: '', events: '' })
          }
        />
      )}
      {form.analysis === 'overlap' && <ManySets chamber={chamber} form={form} onChange={onChange} />}
      {form.analysis === 'profile' && <ProfileFields chamber={chamber} form={form} onChange={onChange} />}
      {(form.analysis === 'profile' || form.analysis === 'segment-size') && (
        <SegmentField chamber={chamber} form={form} onChange={onChange} />
      )}
      {(form.analysis === 'conversion' || form.analysis === 'attribution' || form.analysis === 'reach-frequency') && (
        <EventFields chamber={chamber} form={form} onChange={onChange} />
      )}
    </div>
  );
}

/** The match that stays chosen for an analysis: itself where both contributors allow it, else the first of which they do. */
export function matchFor(chamber: Chamber, analysis: QuestionForm['analysis'], current: string): string {
  const isAllowed = (matchId: string): boolean =>
    sidesOf({ chamber, form: { ...EMPTY_QUESTION, matchId } }).every(({ rule }) =>
      rule.allowed_analyses.includes(analysis),
    );
  const ids = readyMatches(chamber).map(({ id }) => id);
  return [current, ...ids].find((id) => ids.includes(id) && isAllowed(id)) ?? ids[0] ?? '';
}

/** Contributions of the chosen match; what is asked of a match is asked of these two. */
export function sidesOf({ chamber, form }: Pick<FieldsProps, 'chamber' | 'form'>): Contribution[] {
  const match = chamber.matches.find(({ id }) => id === form.matchId);
  const ids = [match?.left_contribution_id, match?.right_contribution_id];
  return chamber.contributions.filter(({ id }) => ids.includes(id));
}

const LEAST_SETS = 3;
const MOST_SETS = 5;

/** Three to five contributions at once; with two the match says it all. */
function ManySets({ chamber, form, onChange }: FieldsProps) {
  const ready = chamber.contributions.filter(({ status }) => status === 'ready');
  if (ready.length < LEAST_SETS) return null;
  const chosen = form.contributionIds;
  const toggle = (id: string, isIn: boolean): void =>
    onChange({ contributionIds: isIn ? [...chosen, id] : chosen.filter((one) => one !== id) });
  return (
    <fieldset class="choices">
      <legend class="field-label">{t('analyses.sets')}</legend>
      {ready.map(({ id, alias }) => (
        <Checkbox
          key={id}
          label={alias}
          checked={chosen.includes(id)}
          disabled={!chosen.includes(id) && chosen.length >= MOST_SETS}
          onChange={(isIn) => toggle(id, isIn)}
        />
      ))}
    </fieldset>
  );
}

function ProfileFields({ chamber, form, onChange }: FieldsProps) {
  const names = sidesOf({ chamber, form }).flatMap(({ alias, rule }) =>
    rule.breakdown_attributes.map((attribute) => `${alias}.${attribute}`),
  );
  const choices = names.map((value) => ({ value, label: attributeLabel(value) }));
  return (
    <>
      <Select
        label={t('analyses.breakdown')}
        value={form.breakdown}
        choices={choices}
        placeholder={t('analyses.choose')}
        hint={names.length === 0 ? t('analyses.noBreakdown') : undefined}
        onChoose={(breakdown) => onChange({ breakdown })}
      />
      <TextField
        label={t('analyses.bins')}
        hint={t('analyses.binsHint')}
        value={form.bins}
        onInput={(bins) => onChange({ bins })}
      />
      <Select
        label={t('analyses.second')}
        value={form.second}
        choices={[{ value: '', label: t('analyses.none') }, ...choices.filter(({ value }) => value !== form.breakdown)]}
        onChoose={(second) => onChange({ second })}
      />
      <Checkbox label={t('analyses.compare')} checked={form.index} onChange={(index) => onChange({ index })} />
    </>
  );
}

/** A kept segment of this collaboration. */
function SegmentField({ chamber, form, onChange }: FieldsProps) {
  const segments = useResource(
    () => everyItem((cursor) => api.GET('/v1/segments', { params: { query: pageFrom(cursor) } })),
    [],
  );
  const known = segments.state === 'ready' ? segments.value : [];
  const own = known.filter(({ collaboration_id }) => collaboration_id === chamber.collaboration.id);
  return (
    <Select
      label={t('analyses.segment')}
      value={form.segmentText}
      choices={[
        ...(form.analysis === 'profile' ? [{ value: '', label: t('analyses.everybody') }] : []),
        ...own.map(({ name, text }) => ({ value: text, label: name })),
      ]}
      placeholder={form.analysis === 'profile' ? undefined : t('analyses.choose')}
      hint={own.length === 0 ? t('analyses.noSegment') : undefined}
      onChoose={(segmentText) => onChange({ segmentText })}
    />
  );
}
