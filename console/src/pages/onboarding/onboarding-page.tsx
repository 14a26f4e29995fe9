// From a dropped file to its load: look, confirm, hash here, upload, follow. Nothing but the hashed file leaves the browser.
import { useState } from 'preact/hooks';
import { useResource } from '../../api/resource.ts';
import { PageHead } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { type FirstLook, faultOf, lookAtFile } from '../../onboarding/first-look.ts';
import { type OnboardingGround, readGround } from '../../onboarding/ground.ts';
import type { HashFault } from '../../onboarding/hash-words.ts';
import { hasStorage } from '../../onboarding/kept-files.ts';
import type { LoadPlan } from '../../onboarding/load-plan.ts';
import type { Params } from '../../router.tsx';
import { ConfirmPlan } from './confirm-plan.tsx';
import { FileDrop } from './file-drop.tsx';
import { FileFaultNotice } from './file-fault-notice.tsx';
import { HashRun } from './hash-run.tsx';
import { KeptUploads } from './kept-uploads.tsx';
import { PolicyProof } from './policy-proof.tsx';

export function OnboardingPage({ params }: { params: Params }) {
  const ground = useResource(() => readGround(params.datasetId), [params.datasetId]);
  const name = ground.state === 'ready' ? ground.value.dataset?.name : undefined;
  return (
    <div class="page">
      <PageHead
        title={name === undefined ? t('onboarding.title') : t('onboarding.titleInto', { name })}
        lead={t('onboarding.lead')}
        up={{ to: '/datasets', label: t('datasets.title') }}
      />
      {hasStorage() ? (
        <Answered of={ground}>{(value) => <Onboarding key={params.datasetId ?? 'new'} ground={value} />}</Answered>
      ) : (
        <Notice tone="warning" title={t('onboarding.noStorage')}>
          <p>{t('onboarding.noStorageHint')}</p>
        </Notice>
      )}
      <PolicyProof />
    </div>
  );
}

function Onboarding({ ground }: { ground: OnboardingGround }) {
  const [look, setLook] = useState<FirstLook>();
  const [fault, setFault] = useState<HashFault>();
  const [plan, setPlan] = useState<LoadPlan>();
  const choose = (file: File): void => {
    setFault(undefined);
    lookAtFile(file, Object.keys(ground.schema?.columns ?? {})).then(setLook, (cause: unknown) =>
      setFault(faultOf(cause)),
    );
  };
  const again = (): void => {
    setPlan(undefined);
    setLook(undefined);
  };
  const failed = (cause: HashFault): void => {
    again();
    setFault(cause);
  };
  if (plan !== undefined) return <HashRun plan={plan} onFault={failed} onCancel={again} />;
  return (
    <>
      {fault !== undefined && <FileFaultNotice fault={fault} />}
      {look === undefined ? (
        <>
          <KeptUploads />
          <FileDrop onFile={choose} />
        </>
      ) : (
        <ConfirmPlan ground={ground} look={look} onPlan={setPlan} onAnother={again} />
      )}
    </>
  );
}
