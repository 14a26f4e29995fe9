// One audience: how large it is, until when it lives, and every way out of it.
import type { Activation, Audience, Destination } from '../../../../openapi/generated/api.ts';
import { pageFrom } from '../../api/chamber.ts';
import { answered, api, everyItem } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { formatDay, formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link, type Params } from '../../router.tsx';
import { hasAnyRole } from '../../session.ts';
import { ActivationCard } from './activation-card.tsx';
import { AudienceBadge, sizeText } from './audience-words.tsx';
import { NewActivation } from './new-activation.tsx';

const WHILE_EVALUATING_MS = 700;

export function AudiencePage({ params }: { params: Params }) {
  const path = { audience_id: params.audienceId! };
  const audience = useResource(
    () => answered(api.GET('/v1/audiences/{audience_id}', { params: { path } })),
    [path.audience_id],
    { again: ({ status }) => (status === 'queued' || status === 'running' ? WHILE_EVALUATING_MS : undefined) },
  );
  return (
    <div class="page">
      <Answered of={audience}>{(value) => <Shown audience={value} onChange={audience.reload} />}</Answered>
    </div>
  );
}

function Shown({ audience, onChange }: { audience: Audience; onChange: () => void }) {
  const refreshing = useDeed(async () => {
    const params = { path: { audience_id: audience.id } };
    await answered(api.POST('/v1/audiences/{audience_id}/refresh', { params, body: {} }));
    onChange();
  });
  const isAnalyst = hasAnyRole(['analyst']);
  return (
    <>
      <PageHead
        title={audience.name}
        up={{ to: '/audiences', label: t('audiences.title') }}
        actions={
          <>
            <AudienceBadge status={audience.status} />
            {isAnalyst && (
              <Button busy={refreshing.busy} onPress={refreshing.run}>
                {t('audiences.refresh')}
              </Button>
            )}
          </>
        }
      />
      {refreshing.problem !== undefined && <Refusal problem={refreshing.problem} />}
      {(audience.status === 'queued' || audience.status === 'running') && (
        <Card>
          <Progress label={t('audiences.evaluating')} />
        </Card>
      )}
      {audience.status === 'failed' && <Notice tone="danger" title={t('audiences.failed')} />}
      <About audience={audience} />
      <Activations audience={audience} />
    </>
  );
}

function About({ audience }: { audience: Audience }) {
  return (
    <Card>
      <Facts
        items={[
          { name: t('audiences.size'), value: <span class="big-value number">{sizeText(audience) || '—'}</span> },
          { name: t('audiences.evaluatedAt'), value: formatInstant(audience.instant) },
          {
            name: t('audiences.expiresAt'),
            value: audience.expires_at === null ? t('words.unknown') : formatDay(audience.expires_at),
          },
          {
            name: t('audiences.segment'),
            value: <Link to={`/segments/${audience.segment_id}`}>{t('audiences.toSegment')}</Link>,
          },
        ]}
      />
    </Card>
  );
}

function Activations({ audience }: { audience: Audience }) {
  const ways = useResource(() => readWays(audience.id), [audience.id]);
  return (
    <Answered of={ways}>
      {({ activations, destinations }) => (
        <>
          {activations.length === 0 && (
            <Empty title={t('audiences.noActivation')}>{t('audiences.noActivationText')}</Empty>
          )}
          {activations.map((activation) => (
            <ActivationCard
              key={activation.id}
              activation={activation}
              destination={destinations.find(({ id }) => id === activation.destination_id)}
              onChange={ways.reload}
            />
          ))}
          {audience.status === 'ready' && hasAnyRole(['analyst']) && (
            <NewActivation audienceId={audience.id} destinations={destinations} onMade={ways.reload} />
          )}
        </>
      )}
    </Answered>
  );
}

interface Ways {
  readonly activations: readonly Activation[];
  readonly destinations: readonly Destination[];
}

async function readWays(audienceId: string): Promise<Ways> {
  const [activations, destinations] = await Promise.all([
    everyItem((cursor) => api.GET('/v1/activations', { params: { query: pageFrom(cursor) } })),
    everyItem((cursor) => api.GET('/v1/destinations', { params: { query: pageFrom(cursor) } })),
  ]);
  const own = activations.filter(({ audience_id }) => audience_id === audienceId);
  return { activations: own.sort((one, other) => other.created_at.localeCompare(one.created_at)), destinations };
}
