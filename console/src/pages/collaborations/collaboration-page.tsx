// One collaboration: what its figures say so far, what its members allow, and the way to a new question.
import type { Match, Run } from '../../../../openapi/generated/api.ts';
import { type Chamber, matchName, pageFrom, readyMatches, useChamber } from '../../api/chamber.ts';
import { answered, api } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Select } from '../../design/select.tsx';
import { Answered, Empty } from '../../design/states.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { t } from '../../i18n/i18n.ts';
import { type Params, place, setQuery } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { RunList } from '../analyses/run-list.tsx';
import { BudgetLeft } from './budget-left.tsx';
import { CollaborationBadge, memberNames } from './collaboration-words.tsx';
import { FlowCard } from './flow-card.tsx';
import { LatestAnswers } from './latest-answers.tsx';
import { Rules } from './rules.tsx';

const TABS = ['overview', 'rules', 'questions'] as const;

export function CollaborationPage({ params }: { params: Params }) {
  const collaborationId = params.collaborationId!;
  const chamber = useChamber(collaborationId);
  return (
    <div class="page">
      <Answered of={chamber}>{(value) => <Shown chamber={value} onChange={chamber.reload} />}</Answered>
    </div>
  );
}

function Shown({ chamber, onChange }: { chamber: Chamber; onChange: () => void }) {
  const { collaboration } = chamber;
  const runs = useRuns(collaboration.id);
  const tab = TABS.find((one) => one === place.value.query.get('tab')) ?? 'overview';
  const canAsk = hasAnyRole(['analyst']) && collaboration.status === 'active';
  return (
    <>
      <PageHead
        title={collaboration.name}
        up={{ to: '/collaborations', label: t('collaborations.title') }}
        lead={memberNames(collaboration)}
        actions={
          <>
            <CollaborationBadge status={collaboration.status} />
            {canAsk && (
              <Button to={`/segments/new?collaboration=${collaboration.id}`}>{t('collaborations.newSegment')}</Button>
            )}
            {canAsk && (
              <Button look="primary" to={`/collaborations/${collaboration.id}/ask`}>
                {t('collaborations.ask')}
              </Button>
            )}
          </>
        }
      />
      <Tabs
        label={t('collaborations.sections')}
        tabs={TABS.map((value) => ({ value, label: t(`collaborations.tab-${value}`) }))}
        value={tab}
        onChoose={(chosen) => setQuery({ tab: chosen === 'overview' ? undefined : chosen })}
      >
        {tab === 'rules' ? (
          <Rules chamber={chamber} onChange={onChange} />
        ) : (
          <Answered of={runs}>
            {(known) => (tab === 'questions' ? <RunList runs={known} /> : <Overview chamber={chamber} runs={known} />)}
          </Answered>
        )}
      </Tabs>
    </>
  );
}

const LIMIT = 200;

/** The newest questions; older ones are on their own page. */
function useRuns(collaborationId: string) {
  const path = { collaboration_id: collaborationId };
  const query = { ...pageFrom(undefined), limit: LIMIT };
  return useResource(
    async () =>
      (await answered(api.GET('/v1/collaborations/{collaboration_id}/runs', { params: { path, query } }))).items,
    [collaborationId],
  );
}

function Overview({ chamber, runs }: { chamber: Chamber; runs: readonly Run[] }) {
  const ready = readyMatches(chamber);
  const shown = ready.find(({ id }) => id === place.value.query.get('match')) ?? bestMatch(ready, runs);
  return (
    <>
      {chamber.collaboration.status === 'active' && (
        <Card>
          <BudgetLeft collaborationId={chamber.collaboration.id} />
        </Card>
      )}
      {shown === undefined ? (
        <Empty title={t('collaborations.noMatch')}>{t('collaborations.noMatchText')}</Empty>
      ) : (
        <>
          {ready.length > 1 && (
            <div class="form">
              <Select
                label={t('collaborations.match')}
                value={shown.id}
                choices={ready.map((match) => ({ value: match.id, label: matchName(chamber, match) }))}
                onChoose={(match) => setQuery({ match })}
              />
            </div>
          )}
          <FlowCard chamber={chamber} match={shown} runs={runs} />
          <LatestAnswers runs={runs.filter(({ match_id }) => match_id === shown.id)} />
        </>
      )}
    </>
  );
}

/** The one that was asked for its overlap, else the newest. */
function bestMatch(ready: readonly Match[], runs: readonly Run[]): Match | undefined {
  return ready.find(({ id }) => runs.some((run) => run.match_id === id && run.analysis === 'overlap')) ?? ready[0];
}
