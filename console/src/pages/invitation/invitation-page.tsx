// One invitation, from who asks to one's own contribution: three steps on one page, each open when it is this person's turn.
import { useState } from 'preact/hooks';
import type { Collaboration, Contribution, Dataset } from '../../../../openapi/generated/api.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Facts, PageHead } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { formatDay, formatList, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { Params } from '../../router.tsx';
import { session } from '../../session.ts';
import { AcceptStep } from './accept-step.tsx';
import { ContributeStep } from './contribute-step.tsx';
import { ownStatus } from './invitations-page.tsx';
import { attributesOf, firstDraft, type RuleDraft } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { Step } from './step.tsx';

interface Invitation {
  readonly collaboration: Collaboration;
  readonly contributions: readonly Contribution[];
  readonly datasets: readonly Dataset[];
}

async function readInvitation(collaborationId: string): Promise<Invitation> {
  const path = { collaboration_id: collaborationId };
  const collaboration = await answered(api.GET('/v1/collaborations/{collaboration_id}', { params: { path } }));
  const contributions = await everyItem((cursor) =>
    api.GET('/v1/collaborations/{collaboration_id}/contributions', {
      params: { path, query: cursor ? { cursor } : {} },
    }),
  );
  const datasets = await everyItem((cursor) =>
    api.GET('/v1/datasets', { params: { query: cursor ? { cursor } : {} } }),
  );
  return { collaboration, contributions, datasets };
}

const AGAIN_MS = 2000;

/** A contribution that is on its way is looked at again until it has arrived. */
function isUnderWay({ contributions }: Invitation): boolean {
  const own = contributions.filter(({ tenant_id }) => tenant_id === session.value?.tenant?.id);
  return own.some(({ status }) => status === 'contributing');
}

export function InvitationPage({ params }: { params: Params }) {
  const id = params.collaborationId!;
  const invitation = useResource(() => readInvitation(id), [id], {
    again: (read) => (isUnderWay(read) ? AGAIN_MS : undefined),
  });
  return (
    <div class="page">
      <Answered of={invitation}>{(read) => <Steps of={read} onChange={invitation.reload} />}</Answered>
    </div>
  );
}

function Steps({ of, onChange }: { of: Invitation; onChange: () => void }) {
  const { collaboration, contributions, datasets } = of;
  const ready = datasets.filter(({ status }) => status === 'ready');
  const [datasetId, setDatasetId] = useState(ready[0]?.id ?? '');
  const [draft, setDraft] = useState<RuleDraft>(() => firstDraft(collaboration.terms));
  const dataset = ready.find(({ id }) => id === datasetId) ?? ready[0];
  const own = contributions.filter(({ tenant_id }) => tenant_id === session.value?.tenant?.id);
  const hasAccepted = ownStatus(collaboration) === 'accepted';
  return (
    <>
      <PageHead
        title={collaboration.name}
        lead={t('invitation.pageLead')}
        up={{ to: '/invitations', label: t('invitation.title') }}
      />
      <Terms of={collaboration} />
      <Step number={1} title={t('invitation.stepAllow')} state={own.length > 0 ? 'done' : 'open'}>
        {own.length === 0 && (
          <RuleForm draft={draft} onChange={setDraft} attributes={dataset === undefined ? [] : attributesOf(dataset)} />
        )}
      </Step>
      <Step number={2} title={t('invitation.stepAccept')} state={hasAccepted ? 'done' : 'open'}>
        <AcceptStep collaboration={collaboration} onChange={onChange} />
      </Step>
      <Step
        number={3}
        title={t('invitation.stepContribute')}
        state={own.length > 0 ? 'done' : hasAccepted ? 'open' : 'later'}
      >
        <ContributeStep
          {...{ collaboration, own, ready, draft }}
          dataset={dataset}
          onChoose={setDatasetId}
          onChange={onChange}
        />
      </Step>
    </>
  );
}

function Terms({ of: { members, terms } }: { of: Collaboration }) {
  return (
    <section class="card">
      <Facts
        items={[
          { name: t('invitation.members'), value: formatList(members.map(({ alias }) => alias)) },
          {
            name: t('invitation.matchedBy'),
            value: formatList(terms.identifier_types.map((type) => t(`words.identifier-${type}`))),
          },
          { name: t('invitation.threshold'), value: formatNumber(terms.privacy_threshold) },
          {
            name: t('invitation.ends'),
            value: terms.ends_at === null ? t('invitation.noEnd') : formatDay(terms.ends_at),
          },
        ]}
      />
      <p class="muted">{t('invitation.termsMean')}</p>
    </section>
  );
}
