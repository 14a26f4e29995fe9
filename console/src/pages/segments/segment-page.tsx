// A kept segment: in plain language, as text for programs, and the audience that can be made of it.
import { useState } from 'preact/hooks';
import type { Criterion, Segment } from '../../../../openapi/generated/api.ts';
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
import { navigate, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { segmentSentence } from './segment-sentence.ts';

interface Ground {
  readonly segment: Segment;
  /** null of a segment over an own dataset. */
  readonly chamber: Chamber | null;
  readonly criteria: readonly Criterion[];
}

export function SegmentPage({ params }: { params: Params }) {
  const id = params.segmentId!;
  const ground = useResource(() => readGround(id), [id]);
  return (
    <div class="page">
      <Answered of={ground}>{(known) => <Shown {...known} />}</Answered>
    </div>
  );
}

async function readGround(id: string): Promise<Ground> {
  const segment = await answered(api.GET('/v1/segments/{segment_id}', { params: { path: { segment_id: id } } }));
  if (segment.collaboration_id === null) return { segment, chamber: null, criteria: [] };
  const path = { collaboration_id: segment.collaboration_id };
  const [chamber, { items }] = await Promise.all([
    readChamber(segment.collaboration_id),
    answered(api.GET('/v1/collaborations/{collaboration_id}/criteria', { params: { path } })),
  ]);
  return { segment, chamber, criteria: items };
}

function Shown({ segment, chamber, criteria }: Ground) {
  const sentence = chamber === null ? segment.description : segmentSentence(segment.expression, criteria);
  const again = `/segments/new?collaboration=${segment.collaboration_id}&from=${segment.id}`;
  return (
    <>
      <PageHead
        title={segment.name}
        up={{ to: '/segments', label: t('segments.title') }}
        actions={chamber !== null && hasAnyRole(['analyst']) && <Button to={again}>{t('segments.buildOn')}</Button>}
      />
      <Card title={t('segments.sentence')}>
        <p class="sentence">{sentence}</p>
        <pre tabIndex={0}>{segment.text}</pre>
      </Card>
      {hasAnyRole(['analyst']) && <MakeAudience segment={segment} chamber={chamber} />}
    </>
  );
}

function MakeAudience({ segment, chamber }: Pick<Ground, 'segment' | 'chamber'>) {
  const matches = chamber === null ? [] : readyMatches(chamber);
  const [name, setName] = useState(segment.name);
  const [matchId, setMatchId] = useState(
    () => matches.find((match) => isWithin(chamber!, match.id, segment))?.id ?? '',
  );
  const making = useDeed(async () => {
    const body = { name, segment_id: segment.id, ...(chamber === null ? {} : { match_id: matchId }) };
    const audience = await answered(api.POST('/v1/audiences', { body }));
    navigate(`/audiences/${audience.id}`);
  });
  if (chamber !== null && matches.length === 0) {
    return <Empty title={t('collaborations.noMatch')}>{t('collaborations.noMatchText')}</Empty>;
  }
  return (
    <Card title={t('segments.makeAudience')}>
      <p class="muted">{t('segments.makeAudienceText')}</p>
      {making.problem !== undefined && <Refusal problem={making.problem} />}
      <Form onSubmit={making.run}>
        <TextField label={t('segments.audienceName')} value={name} onInput={setName} required maxLength={100} />
        {chamber !== null && (
          <Select
            label={t('segments.countedIn')}
            value={matchId}
            placeholder={t('analyses.choose')}
            choices={matches.map((match) => ({ value: match.id, label: matchName(chamber, match) }))}
            onChoose={setMatchId}
          />
        )}
        <Button look="primary" type="submit" busy={making.busy} disabled={chamber !== null && matchId === ''}>
          {t('segments.makeNow')}
        </Button>
      </Form>
    </Card>
  );
}

/** Whether every source that the segment names is a side of the match. */
function isWithin(chamber: Chamber, matchId: string, { text }: Segment): boolean {
  const match = chamber.matches.find(({ id }) => id === matchId);
  const sides = [match?.left_contribution_id, match?.right_contribution_id];
  const others = chamber.contributions.filter(({ id }) => !sides.includes(id));
  return !others.some(({ alias }) => new RegExp(`(^|[^\\w.])${alias}\\.`).test(text));
}
