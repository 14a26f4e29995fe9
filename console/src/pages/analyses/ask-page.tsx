// Asking an analysis: what it takes at one side, what it costs at the other, before anything is computed.
import { useState } from 'preact/hooks';
import type { Analysis, RunRequest } from '../../../../openapi/generated/api.ts';
import { type Chamber, readyMatches, useChamber } from '../../api/chamber.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { useSettled } from '../../api/settled.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { Segmented } from '../../design/select.tsx';
import { Answered, Empty, Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { navigate, type Params } from '../../router.tsx';
import { CostCard, mayAsk, usePreview } from './cost-card.tsx';
import { matchFor, QuestionFields } from './question-fields.tsx';
import { EMPTY_QUESTION, type QuestionForm, runRequest } from './question-form.ts';

const SETTLES_MS = 400;
const ANALYSES: readonly Analysis[] = [
  'overlap',
  'profile',
  'conversion',
  'attribution',
  'reach-frequency',
  'segment-size',
];

export function AskPage({ params }: { params: Params }) {
  const chamber = useChamber(params.collaborationId!);
  return (
    <div class="page">
      <Answered of={chamber}>{(value) => <Ask chamber={value} />}</Answered>
    </div>
  );
}

function Ask({ chamber }: { chamber: Chamber }) {
  const { id, name } = chamber.collaboration;
  const [form, setForm] = useState<QuestionForm>({
    ...EMPTY_QUESTION,
    matchId: matchFor(chamber, EMPTY_QUESTION.analysis, ''),
  });
  const change = (part: Partial<QuestionForm>): void => setForm((before) => ({ ...before, ...part }));
  const choose = (analysis: Analysis): void =>
    change({ analysis, matchId: matchFor(chamber, analysis, form.matchId), contributionIds: [] });
  return (
    <>
      <PageHead
        title={t('analyses.ask')}
        lead={t('analyses.askLead')}
        up={{ to: `/collaborations/${id}`, label: name }}
      />
      {readyMatches(chamber).length === 0 ? (
        <Empty title={t('collaborations.noMatch')}>{t('collaborations.noMatchText')}</Empty>
      ) : (
        <div class="columns">
          <Card title={t('analyses.question')}>
            <Segmented
              label={t('analyses.kind')}
              value={form.analysis}
              choices={ANALYSES.map((value) => ({ value, label: t(`words.analysis-${value}`) }))}
              onChoose={choose}
            />
            <QuestionFields chamber={chamber} form={form} onChange={change} />
          </Card>
          <Asking collaborationId={id} request={runRequest(form)} />
        </div>
      )}
    </>
  );
}

/** The cost of the question as it stands, and the button that asks it once that cost is known. */
function Asking({ collaborationId, request }: { collaborationId: string; request: RunRequest | undefined }) {
  const settled = useSettled(JSON.stringify(request), SETTLES_MS);
  const preview = usePreview(collaborationId, settled === undefined ? undefined : (JSON.parse(settled) as RunRequest));
  const asking = useDeed(async () => {
    const params = { path: { collaboration_id: collaborationId } };
    const run = await answered(api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body: request! }));
    navigate(`/runs/${run.id}`);
  });
  const isCurrent = settled === JSON.stringify(request);
  return (
    <div class="stack">
      <CostCard preview={preview} />
      {asking.problem !== undefined && <Refusal problem={asking.problem} />}
      <Button
        look="primary"
        busy={asking.busy}
        disabled={request === undefined || !isCurrent || !mayAsk(preview)}
        onPress={asking.run}
      >
        {t('analyses.askNow')}
      </Button>
    </div>
  );
}
