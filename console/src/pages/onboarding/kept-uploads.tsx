// Uploads that a reload or a closed tab left behind: offered to go on, since the hashed file is still here.
import { useState } from 'preact/hooks';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { forgetKept, type KeptUpload, listKept } from '../../onboarding/kept-files.ts';
import { navigate } from '../../router.tsx';
import { session } from '../../session.ts';
import { UploadRun } from './upload-run.tsx';

export function KeptUploads() {
  const tenantId = session.value?.tenant?.id ?? '';
  const waiting = useResource(() => listKept(tenantId, Date.now()), [tenantId]);
  const [chosen, setChosen] = useState<KeptUpload>();
  const forget = (): void => {
    setChosen(undefined);
    waiting.reload();
  };
  if (chosen !== undefined)
    return <UploadRun kept={chosen} onDiscarded={forget} onLoad={(id) => navigate(`/loads/${id}`)} />;
  if (waiting.state !== 'ready') return null;
  const discard = (kept: KeptUpload): void => void forgetKept(kept.keptAs).then(waiting.reload);
  return (
    <>
      {waiting.value.map((kept) => (
        <Notice key={kept.keptAs} tone="info" title={t('onboarding.keptTitle')}>
          <p>
            {t('onboarding.keptText', {
              ...{ filename: kept.filename, size: formatBytes(kept.bytes), dataset: kept.datasetName },
            })}
          </p>
          <p class="row">
            <Button look="primary" onPress={() => setChosen(kept)}>
              {t('onboarding.goOn')}
            </Button>
            <Button look="quiet" onPress={() => discard(kept)}>
              {t('onboarding.discard')}
            </Button>
          </p>
        </Notice>
      ))}
    </>
  );
}
