// The upload of a hashed file under way: speed and time left, paused and gone on with, and in the end its load.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../../../openapi/generated/api.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Progress } from '../../design/progress.tsx';
import { Refusal } from '../../design/states.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { findKept, forgetKept, type KeptUpload } from '../../onboarding/kept-files.ts';
import { requestLoad } from '../../onboarding/load-plan.ts';
import { PaceMeter } from '../../onboarding/pace.ts';
import { type UploadProgress, uploadKept } from '../../onboarding/upload-kept.ts';
import { timeLeft } from './time-left.ts';

interface UploadRunProps {
  kept: KeptUpload;
  onDiscarded: () => void;
  onLoad: (loadId: string) => void;
}

type Stage = 'uploading' | 'paused' | 'loading';

export function UploadRun({ kept, onDiscarded, onLoad }: UploadRunProps) {
  const [stage, setStage] = useState<Stage>('uploading');
  const [progress, setProgress] = useState<UploadProgress & { note: string }>();
  const [problem, setProblem] = useState<Problem>();
  const pause = useRef(() => {});
  const run = (): void => {
    const stop = new AbortController();
    const meter = new PaceMeter();
    pause.current = () => stop.abort();
    setProblem(undefined);
    setStage('uploading');
    const onProgress = (told: UploadProgress): void => setProgress({ ...told, note: noteOf(told, meter) });
    send(kept, { signal: stop.signal, onProgress, onSent: () => setStage('loading') }).then(
      onLoad,
      (cause: unknown) => {
        setStage('paused');
        if (!stop.signal.aborted) setProblem(problemOf(cause));
      },
    );
  };
  useEffect(() => {
    run();
    return () => pause.current();
  }, [kept.keptAs]);
  const discard = (): void => {
    pause.current();
    void forgetKept(kept.keptAs).then(onDiscarded);
  };
  const share = stage === 'loading' ? undefined : (progress?.sentBytes ?? 0) / kept.bytes;
  return (
    <Card>
      <Progress
        label={stage === 'loading' ? t('onboarding.startLoad') : t('onboarding.uploading')}
        share={share}
        note={progress?.note}
      />
      <p class="muted">{t('onboarding.mayReload')}</p>
      {problem !== undefined && <Refusal problem={problem} onRetry={run} />}
      {stage !== 'loading' && (
        <Choices isPaused={stage === 'paused'} onPause={() => pause.current()} {...{ run, discard }} />
      )}
    </Card>
  );
}

interface ChoicesProps {
  isPaused: boolean;
  run: () => void;
  discard: () => void;
  onPause: () => void;
}

function Choices({ isPaused, run, discard, onPause }: ChoicesProps) {
  return (
    <p class="row">
      {isPaused ? (
        <Button look="primary" onPress={run}>
          {t('onboarding.goOn')}
        </Button>
      ) : (
        <Button onPress={onPause}>{t('onboarding.pause')}</Button>
      )}
      <Button look="quiet" onPress={discard}>
        {t('onboarding.discard')}
      </Button>
    </p>
  );
}

interface Sending {
  signal: AbortSignal;
  onProgress: (progress: UploadProgress) => void;
  onSent: () => void;
}

/** Answers the load's id. What was noted last counts: it knows where the service takes the rest. */
async function send(kept: KeptUpload, { signal, onProgress, onSent }: Sending): Promise<string> {
  const noted = (await findKept(kept.keptAs)) ?? kept;
  const uploadId = await uploadKept(noted, { signal, onProgress });
  onSent();
  const loadId = await requestLoad(noted, uploadId);
  await forgetKept(kept.keptAs, { exceptRejects: true });
  return loadId;
}

function noteOf({ sentBytes, totalBytes }: UploadProgress, meter: PaceMeter): string {
  const { perSecond, secondsLeft } = meter.at(performance.now(), sentBytes, totalBytes);
  const pace = t('onboarding.uploadPace', {
    ...{ sent: formatBytes(sentBytes), total: formatBytes(totalBytes), perSecond: formatBytes(perSecond) },
  });
  return [pace, timeLeft(secondsLeft)].filter((one) => one !== '').join(' · ');
}
