// The first contribution: a dataset under the rule that was ticked above, and how far it is.
import { useState } from 'preact/hooks';
import type { Collaboration, Contribution, Dataset } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { TextField } from '../../design/field.tsx';
import { Badge, Notice } from '../../design/notice.tsx';
import { Select } from '../../design/select.tsx';
import { Empty, Refusal } from '../../design/states.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { ownStatus } from './invitations-page.tsx';
import { ALIAS, aliasOf, type RuleDraft, ruleOf } from './rule-draft.ts';

interface ContributeStepProps {
  collaboration: Collaboration;
  /** What the own organisation contributed already. */
  own: readonly Contribution[];
  /** Datasets that something was loaded into. */
  ready: readonly Dataset[];
  dataset: Dataset | undefined;
  draft: RuleDraft;
  onChoose: (datasetId: string) => void;
  onChange: () => void;
}

export function ContributeStep(props: ContributeStepProps) {
  const { collaboration, own, dataset } = props;
  if (own.length > 0) return <Contributed own={own} />;
  if (ownStatus(collaboration) !== 'accepted') return <p class="muted">{t('invitation.acceptFirst')}</p>;
  if (!hasAnyRole(['data-engineer'])) return <p class="muted">{t('invitation.engineerContributes')}</p>;
  if (dataset === undefined) {
    return (
      <Empty
        title={t('invitation.noDataset')}
        action={
          <Button look="primary" to="/onboarding">
            {t('invitation.load')}
          </Button>
        }
      >
        {t('invitation.noDatasetText')}
      </Empty>
    );
  }
  return <ContributionForm {...props} dataset={dataset} />;
}

function ContributionForm(props: ContributeStepProps & { dataset: Dataset }) {
  const { collaboration, ready, dataset, draft, onChoose, onChange } = props;
  const [named, setNamed] = useState<string>();
  const alias = named ?? aliasOf(dataset.name);
  const contribution = useDeed(async () => {
    const body = { dataset_id: dataset.id, alias, rule: ruleOf(draft) };
    const path = { collaboration_id: collaboration.id };
    await answered(api.POST('/v1/collaborations/{collaboration_id}/contributions', { params: { path }, body }));
    onChange();
  });
  return (
    <div class="form">
      <Select
        label={t('invitation.dataset')}
        value={dataset.id}
        choices={ready.map(({ id, name, persons }) => ({
          value: id,
          label: `${name} (${t('words.persons', { count: persons })})`,
        }))}
        onChoose={onChoose}
      />
      <TextField
        label={t('invitation.alias')}
        hint={t('invitation.aliasHint')}
        value={alias}
        onInput={setNamed}
        error={ALIAS.test(alias) ? undefined : t('invitation.aliasWrong')}
      />
      <p>{t('invitation.contributeMeans', { count: formatNumber(dataset.persons) })}</p>
      {contribution.problem !== undefined && <Refusal problem={contribution.problem} />}
      <p>
        <Button
          look="primary"
          busy={contribution.busy}
          disabled={!ALIAS.test(alias)}
          onPress={() => contribution.run()}
        >
          {t('invitation.contribute')}
        </Button>
      </p>
    </div>
  );
}

const TONES = {
  proposed: 'info',
  contributing: 'info',
  ready: 'good',
  failed: 'danger',
  withdrawn: 'neutral',
} as const;

function Contributed({ own }: { own: readonly Contribution[] }) {
  return (
    <>
      <ul class="bullets">
        {own.map(({ id, alias, status }) => (
          <li key={id}>
            <strong>{alias}</strong> <Badge tone={TONES[status]}>{t(`invitation.contribution-${status}`)}</Badge>
          </li>
        ))}
      </ul>
      {own.some(({ status }) => status === 'proposed') && <Notice>{t('invitation.othersDecide')}</Notice>}
    </>
  );
}
