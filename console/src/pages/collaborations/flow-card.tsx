// The waterfall of a match: from the file that was received to the ids that were delivered.
import type { Match, Run } from '../../../../openapi/generated/api.ts';
import type { Chamber } from '../../api/chamber.ts';
import { pageFrom } from '../../api/chamber.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useResource } from '../../api/resource.ts';
import { Waterfall } from '../../charts/waterfall.tsx';
import { Card } from '../../design/card.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { type FlowGround, flowSteps, missingOf } from './flow.ts';

interface FlowCardProps {
  chamber: Chamber;
  match: Match;
  runs: readonly Run[];
}

export function FlowCard({ chamber, match, runs }: FlowCardProps) {
  const ground = useResource(() => readGround({ chamber, match, runs }), [chamber, match.id, runs]);
  return (
    <Card title={t('collaborations.flow')}>
      <Answered of={ground}>
        {(known) => {
          const steps = flowSteps(known);
          const missing = missingOf(known);
          return (
            <>
              {steps.length > 0 && (
                <Waterfall title={t('collaborations.flowTitle')} unit={t('collaborations.flowUnit')} steps={steps} />
              )}
              {missing.length > 0 && (
                <ul class="bullets muted small">
                  {missing.map((question) => (
                    <li key={question}>{t(`collaborations.flow-missing-${question}`)}</li>
                  ))}
                </ul>
              )}
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

async function readGround({ chamber, match, runs }: FlowCardProps): Promise<FlowGround> {
  const sides = [match.left_contribution_id, match.right_contribution_id];
  const own = chamber.contributions.find(({ id, dataset_id }) => sides.includes(id) && dataset_id !== null);
  const dataset =
    own?.dataset_id == null
      ? undefined
      : await answered(api.GET('/v1/datasets/{dataset_id}', { params: { path: { dataset_id: own.dataset_id } } }));
  const overlap = runs.find((run) => run.analysis === 'overlap' && run.match_id === match.id && run.result !== null);
  return { dataset, overlap, ...(await readWayOut(match.id)) };
}

/** The newest activation that was tried, and what it last delivered. */
async function readWayOut(matchId: string): Promise<Pick<FlowGround, 'activation' | 'delivery'>> {
  const [audiences, activations] = await Promise.all([
    everyItem((cursor) => api.GET('/v1/audiences', { params: { query: pageFrom(cursor) } })),
    everyItem((cursor) => api.GET('/v1/activations', { params: { query: pageFrom(cursor) } })),
  ]);
  const ofMatch = new Set(audiences.filter(({ match_id }) => match_id === matchId).map(({ id }) => id));
  const activation = activations
    .filter(({ audience_id, dry_run }) => ofMatch.has(audience_id) && dry_run !== null)
    .sort((one, other) => other.created_at.localeCompare(one.created_at))[0];
  if (activation === undefined) return { activation, delivery: undefined };
  const query = { activation_id: activation.id };
  const { items } = await answered(api.GET('/v1/deliveries', { params: { query } }));
  return { activation, delivery: items.find(({ report }) => report !== null) };
}
