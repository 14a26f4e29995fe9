// Building a segment: nested groups at one side; the sentence, the size and its cost at the other; kept under a name.
import { useState } from 'preact/hooks';
import type { Criterion, RunRequest } from '../../../../openapi/generated/api.ts';
import { type Chamber, matchName, readChamber, readyMatches } from '../../api/chamber.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Select } from '../../design/select.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { navigate, place } from '../../router.tsx';
import { useChoice } from '../collaborations/collaboration-choice.tsx';
import { GroupEditor } from './group-editor.tsx';
import { LiveSize } from './live-size.tsx';
import { treeOf } from './segment-reading.ts';
import { segmentSentence } from './segment-sentence.ts';
import { type Expression, emptyGroup, expressionOf, type Group } from './segment-tree.ts';

export function BuilderPage() {
  const { chosen, field } = useChoice();
  return (
    <div class="page">
      <PageHead
        title={t('segments.new')}
        lead={t('segments.newLead')}
        up={{ to: '/segments', label: t('segments.title') }}
      />
      {field}
      {chosen !== undefined && <BuilderOf key={chosen} collaborationId={chosen} />}
    </div>
  );
}

interface Ground {
  readonly chamber: Chamber;
  readonly criteria: readonly Criterion[];
  readonly start: Group;
}

function BuilderOf({ collaborationId }: { collaborationId: string }) {
  const ground = useResource(() => readGround(collaborationId), [collaborationId]);
  return (
    <Answered of={ground}>
      {(known) =>
        known.criteria.length === 0 ? (
          <Empty title={t('segments.noCriteria')}>{t('segments.noCriteriaText')}</Empty>
        ) : (
          <Builder {...known} />
        )
      }
    </Answered>
  );
}

async function readGround(collaborationId: string): Promise<Ground> {
  const path = { collaboration_id: collaborationId };
  const from = place.value.query.get('from');
  const [chamber, { items }, base] = await Promise.all([
    readChamber(collaborationId),
    answered(api.GET('/v1/collaborations/{collaboration_id}/criteria', { params: { path } })),
    from === null
      ? undefined
      : answered(api.GET('/v1/segments/{segment_id}', { params: { path: { segment_id: from } } })),
  ]);
  return { chamber, criteria: items, start: base === undefined ? emptyGroup() : treeOf(base.expression) };
}

function Builder({ chamber, criteria, start }: Ground) {
  const [root, setRoot] = useState(start);
  const matches = readyMatches(chamber);
  const [matchId, setMatchId] = useState(() => matchOf(chamber, criteria));
  const expression = expressionOf(root, criteria);
  const request: RunRequest | undefined =
    expression === undefined || matchId === ''
      ? undefined
      : { analysis: 'segment-size', match_id: matchId, segment: expression };
  return (
    <div class="columns builder">
      <div class="stack">
        <Card title={t('segments.who')}>
          <GroupEditor group={root} editing={{ root, criteria, onChange: setRoot }} label={t('segments.whole')} />
        </Card>
        <Card title={t('segments.sentence')}>
          <p class="sentence" aria-live="polite">
            {expression === undefined ? t('segments.incomplete') : segmentSentence(expression, criteria)}
          </p>
        </Card>
        <Keep collaborationId={chamber.collaboration.id} expression={expression} />
      </div>
      <div class="stack">
        {matches.length > 1 && (
          <Select
            label={t('segments.countedIn')}
            value={matchId}
            choices={matches.map((match) => ({ value: match.id, label: matchName(chamber, match) }))}
            onChoose={setMatchId}
          />
        )}
        {matchId === '' ? (
          <Empty title={t('collaborations.noMatch')}>{t('collaborations.noMatchText')}</Empty>
        ) : (
          <LiveSize collaborationId={chamber.collaboration.id} request={request} />
        )}
      </div>
    </div>
  );
}

/** The newest match whose both sides can be filtered on, else the newest. */
function matchOf(chamber: Chamber, criteria: readonly Criterion[]): string {
  const sources = new Set(criteria.map(({ source }) => source));
  const alias = (id: string): string => chamber.contributions.find((one) => one.id === id)?.alias ?? '';
  const matches = readyMatches(chamber);
  const fitting = matches.find(
    (match) => sources.has(alias(match.left_contribution_id)) && sources.has(alias(match.right_contribution_id)),
  );
  return (fitting ?? matches[0])?.id ?? '';
}

function Keep({ collaborationId, expression }: { collaborationId: string; expression: Expression | undefined }) {
  const [name, setName] = useState('');
  const keeping = useDeed(async () => {
    const body = { name, collaboration_id: collaborationId, expression: expression! };
    const kept = await answered(api.POST('/v1/segments', { body }));
    navigate(`/segments/${kept.id}`);
  });
  return (
    <Card title={t('segments.keepTitle')}>
      {keeping.problem !== undefined && <Refusal problem={keeping.problem} />}
      <Form row onSubmit={keeping.run}>
        <TextField label={t('segments.name')} value={name} onInput={setName} required maxLength={100} />
        <Button
          look="primary"
          type="submit"
          busy={keeping.busy}
          disabled={expression === undefined || name.trim() === ''}
        >
          {t('segments.keepNow')}
        </Button>
      </Form>
    </Card>
  );
}
