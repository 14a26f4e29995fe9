// Proposing other policies: begin with one that there is or with a pattern, try it on scenarios and on history, then ask a second person.
import { useState } from 'preact/hooks';
import type { Policy, PolicyCheck } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { type Deed, useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Checkbox, TextArea } from '../../design/field.tsx';
import { Select } from '../../design/select.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { navigate } from '../../router.tsx';
import { session } from '../../session.ts';
import { isOwn } from './policy-list.tsx';
import { Report } from './report.tsx';

export function ProposalPage() {
  const set = useResource(() => answered(api.GET('/v1/policies')), []);
  return (
    <div class="page">
      <PageHead
        title={t('policies.proposalTitle')}
        lead={t(session.value?.tenant == null ? 'policies.proposalLead-service' : 'policies.proposalLead-tenant')}
        up={{ to: '/policies', label: t('policies.title') }}
      />
      <Answered of={set}>{({ policies }) => <Proposal policies={policies} />}</Answered>
    </div>
  );
}

/** Cedar; a tenant's own only forbid. */
const PATTERN = `@id("larger-audiences")
@title("No audience of fewer than 200 persons leaves")
@reason("Small audiences say too much of each person in them.")
@code("below_threshold")
forbid (principal, action in Action::"any release", resource)
unless { context.persons >= 200 };`;

function Proposal({ policies }: { policies: readonly Policy[] }) {
  const [text, setText] = useState('');
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const [checked, setChecked] = useState<PolicyCheck>();
  // A tenant changes what it added itself, an operator what holds for the whole service.
  const changeable = policies.filter((policy) => isOwn(policy) === (session.value?.tenant != null));
  const check = useDeed(async () => {
    setChecked(undefined);
    setChecked(await answered(api.POST('/v1/policy-checks', { body: { text, remove: [...removed] } })));
  });
  const write = (next: string): void => {
    setText(next);
    setChecked(undefined);
  };
  const toggle = (id: string): void => {
    setRemoved(removed.includes(id) ? removed.filter((one) => one !== id) : [...removed, id]);
    setChecked(undefined);
  };
  return (
    <>
      <Draft {...{ policies, changeable, text, removed, check }} onWrite={write} onToggle={toggle} />
      {checked !== undefined && (
        <>
          <Report report={checked.report} />
          <Asking edit={{ text, remove: [...removed] }} mayAllowMore={checked.report.may_allow_more} />
        </>
      )}
    </>
  );
}

interface DraftProps {
  policies: readonly Policy[];
  /** What the proposer's side may take out. */
  changeable: readonly Policy[];
  text: string;
  removed: readonly string[];
  check: Deed<[]>;
  onWrite: (text: string) => void;
  onToggle: (id: string) => void;
}

function Draft({ policies, changeable, text, removed, check, onWrite, onToggle }: DraftProps) {
  return (
    <Card title={t('policies.write')}>
      <Select
        label={t('policies.beginWith')}
        value=""
        placeholder={t('policies.beginPlaceholder')}
        choices={[
          { value: 'pattern', label: t('policies.pattern') },
          ...changeable.map(({ id, title }) => ({ value: id, label: title })),
        ]}
        onChoose={(id) => onWrite(`${text}${text === '' ? '' : '\n\n'}${textOf(policies, id)}`)}
      />
      <TextArea
        label={t('policies.text')}
        hint={t('policies.textHint')}
        isCode
        rows={14}
        value={text}
        onInput={onWrite}
      />
      {changeable.length > 0 && (
        <fieldset class="choices">
          <legend>{t('policies.remove')}</legend>
          {changeable.map(({ id, title }) => (
            <Checkbox key={id} label={title} checked={removed.includes(id)} onChange={() => onToggle(id)} />
          ))}
        </fieldset>
      )}
      {check.problem !== undefined && <Refusal problem={check.problem} />}
      <p>
        <Button
          look="primary"
          busy={check.busy}
          disabled={text.trim() === '' && removed.length === 0}
          onPress={() => check.run()}
        >
          {t('policies.try')}
        </Button>
      </p>
    </Card>
  );
}

function textOf(policies: readonly Policy[], id: string): string {
  return policies.find((policy) => policy.id === id)?.text ?? PATTERN;
}

interface AskingProps {
  edit: { text: string; remove: string[] };
  mayAllowMore: readonly string[];
}

/** Whoever weakens a policy names it: nothing is allowed more by oversight. */
function Asking({ edit, mayAllowMore }: AskingProps) {
  const [comment, setComment] = useState('');
  const [named, setNamed] = useState<readonly string[]>([]);
  const proposal = useDeed(async () => {
    const body = { ...edit, comment, may_allow_more: [...named] };
    const version = await answered(api.POST('/v1/policy-versions', { body }));
    navigate(`/policies/versions/${version.id}`);
  });
  const isNamed = mayAllowMore.every((id) => named.includes(id));
  const name = (id: string) => (isChecked: boolean) =>
    setNamed(isChecked ? [...named, id] : named.filter((one) => one !== id));
  return (
    <Card title={t('policies.ask')}>
      <TextArea label={t('policies.why')} hint={t('policies.whyHint')} rows={3} value={comment} onInput={setComment} />
      {mayAllowMore.length > 0 && (
        <fieldset class="choices">
          <legend>{t('policies.nameWeakened')}</legend>
          {mayAllowMore.map((id) => (
            <Checkbox key={id} label={<code>{id}</code>} checked={named.includes(id)} onChange={name(id)} />
          ))}
        </fieldset>
      )}
      {proposal.problem !== undefined && <Refusal problem={proposal.problem} />}
      <p>
        <Button
          look="primary"
          busy={proposal.busy}
          disabled={comment.trim() === '' || !isNamed}
          onPress={() => proposal.run()}
        >
          {t('policies.ask')}
        </Button>
      </p>
    </Card>
  );
}
