// Hashing under way, then the upload of what came out. Every row that was not hashed is listed as it is met.
import { useEffect, useState } from 'preact/hooks';
import type { RejectedCell } from '../../../../identifiers/hashing/hash-stream.ts';
import type { Problem } from '../../../../openapi/generated/api.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Refusal } from '../../design/states.tsx';
import { formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { hashInBrowser } from '../../onboarding/hash-in-browser.ts';
import type { HashedFile, HashFault, HashProgress } from '../../onboarding/hash-words.ts';
import type { KeptUpload } from '../../onboarding/kept-files.ts';
import { type LoadPlan, noteUpload } from '../../onboarding/load-plan.ts';
import { PaceMeter } from '../../onboarding/pace.ts';
import { navigate } from '../../router.tsx';
import { HashRejects } from './hash-rejects.tsx';
import { timeLeft } from './time-left.ts';
import { UploadRun } from './upload-run.tsx';

interface HashRunProps {
  plan: LoadPlan;
  onFault: (fault: HashFault) => void;
  onCancel: () => void;
}

interface Seen {
  readonly progress?: HashProgress;
  readonly note?: string;
  readonly rejects: readonly RejectedCell[];
}

export function HashRun({ plan, onFault, onCancel }: HashRunProps) {
  const [seen, setSeen] = useState<Seen>({ rejects: [] });
  const [hashed, setHashed] = useState<HashedFile>();
  const [kept, setKept] = useState<KeptUpload>();
  const [problem, setProblem] = useState<Problem>();
  const [loadId, setLoadId] = useState<string>();
  useEffect(() => {
    const meter = new PaceMeter();
    const rows = new PaceMeter();
    return hashInBrowser({
      ...plan,
      salt: plan.salt.value,
      onProgress: (progress, more) => {
        const nowMs = performance.now();
        const { secondsLeft } = meter.at(nowMs, progress.readBytes, progress.totalBytes);
        const { perSecond } = rows.at(nowMs, progress.rows, progress.rows);
        const pace = t('onboarding.pace', { rows: progress.rows, perSecond: formatNumber(Math.round(perSecond)) });
        const note = [pace, timeLeft(secondsLeft)].filter((one) => one !== '').join(' · ');
        setSeen((before) => ({
          progress,
          note,
          rejects: more.length === 0 ? before.rejects : [...before.rejects, ...more],
        }));
      },
      onDone: setHashed,
      onFault,
    });
  }, [plan]);
  const note = (): void => {
    setProblem(undefined);
    noteUpload(plan, hashed!).then(setKept, (cause: unknown) => setProblem(problemOf(cause)));
  };
  // What was not hashed is read here before one goes on to what was not loaded.
  const loaded = (id: string): void => (seen.rejects.length > 0 ? setLoadId(id) : navigate(`/loads/${id}`));
  useEffect(() => {
    if (hashed !== undefined) note();
  }, [hashed]);
  return (
    <>
      {hashed === undefined ? <Hashing seen={seen} onCancel={onCancel} /> : null}
      {problem !== undefined && <Refusal problem={problem} onRetry={note} />}
      {kept !== undefined && loadId === undefined && <UploadRun kept={kept} onDiscarded={onCancel} onLoad={loaded} />}
      {loadId !== undefined && <Asked loadId={loadId} />}
      {hashed !== undefined && <HashRejects keptAs={plan.keptAs} summary={hashed.summary} rejects={seen.rejects} />}
    </>
  );
}

function Asked({ loadId }: { loadId: string }) {
  return (
    <Notice tone="good" title={t('onboarding.loadAsked')}>
      <p>
        <Button look="primary" to={`/loads/${loadId}`}>
          {t('onboarding.seeLoad')}
        </Button>
      </p>
    </Notice>
  );
}

function Hashing({ seen: { progress, note }, onCancel }: { seen: Seen; onCancel: () => void }) {
  const share = progress === undefined || progress.totalBytes === 0 ? 0 : progress.readBytes / progress.totalBytes;
  return (
    <Card>
      <Progress label={t('onboarding.hashing')} share={share} note={note} />
      <p>
        <Button onPress={onCancel}>{t('onboarding.cancel')}</Button>
      </p>
    </Card>
  );
}
