// One way out of an audience: tried without sending anything, approved by second persons, then delivered; each step shows what it found.
import { useState } from 'preact/hooks';
import type { Activation, Destination } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { jobDone } from '../../api/job.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Progress } from '../../design/progress.tsx';
import { Select } from '../../design/select.tsx';
import { Refusal } from '../../design/states.tsx';
import { findMessage, t } from '../../i18n/i18n.ts';
import { hasAnyRole } from '../../session.ts';
import { Approvals } from './approvals.tsx';
import { ActivationBadge } from './audience-words.tsx';
import { Deliveries } from './deliveries.tsx';
import { Forecast } from './forecast.tsx';

interface ActivationCardProps {
  activation: Activation;
  destination: Destination | undefined;
  onChange: () => void;
}

export function ActivationCard({ activation, destination, onChange }: ActivationCardProps) {
  const { id, purpose } = activation;
  const [phase, setPhase] = useState<string>();
  const params = { path: { activation_id: id } };
  const acting = useDeed(async (work: () => Promise<{ job_id: string } | undefined>) => {
    try {
      const begun = await work();
      if (begun !== undefined) await jobDone(begun.job_id, ({ progress }) => setPhase(progress.phase));
    } finally {
      setPhase(undefined);
      onChange();
    }
  });
  const tryOut = () => answered(api.POST('/v1/activations/{activation_id}/dry-run', { params }));
  const submit = async () => {
    await answered(api.POST('/v1/activations/{activation_id}/submit', { params }));
    return undefined;
  };
  const deliver = (mode: 'delta' | 'full') =>
    answered(api.POST('/v1/activations/{activation_id}/deliveries', { params: { ...params, query: { mode } } }));
  const title = t('audiences.to', {
    destination: destination?.name ?? activation.destination_id,
    purpose: findMessage(`words.purpose-${purpose}`) ?? purpose,
  });
  return (
    <Card title={title} aside={<ActivationBadge status={activation.status} />}>
      {acting.problem !== undefined && <Refusal problem={acting.problem} />}
      {acting.busy && <Progress label={t('audiences.underWay')} note={phase} />}
      <Forecast forecast={activation.dry_run} />
      <Approvals approvals={activation.approvals} />
      {hasAnyRole(['analyst']) && activation.status !== 'withdrawn' && (
        <Steps
          activation={activation}
          busy={acting.busy}
          onTry={() => acting.run(tryOut)}
          onSubmit={() => acting.run(submit)}
          onDeliver={(mode) => acting.run(() => deliver(mode))}
        />
      )}
      <Deliveries activation={activation} />
    </Card>
  );
}

interface StepsProps {
  activation: Activation;
  busy: boolean;
  onTry: () => void;
  onSubmit: () => void;
  onDeliver: (mode: 'delta' | 'full') => void;
}

const MODES = ['delta', 'full'] as const;

/** In the order in which they are taken; the next one stands out. */
function Steps({ activation, busy, onTry, onSubmit, onDeliver }: StepsProps) {
  const [mode, setMode] = useState<(typeof MODES)[number]>('delta');
  const { status, dry_run } = activation;
  const isTried = dry_run !== null;
  return (
    <div class="form-row">
      <Button look={isTried ? 'plain' : 'primary'} disabled={busy} onPress={onTry}>
        {t('audiences.dryRun')}
      </Button>
      {(status === 'draft' || status === 'refused') && (
        <Button look={isTried ? 'primary' : 'plain'} disabled={busy || !isTried} onPress={onSubmit}>
          {t('audiences.submit')}
        </Button>
      )}
      {status === 'approved' && (
        <>
          <Select
            label={t('audiences.mode')}
            value={mode}
            choices={MODES.map((value) => ({ value, label: t(`audiences.mode-${value}`) }))}
            onChoose={setMode}
          />
          <Button look="primary" disabled={busy} onPress={() => onDeliver(mode)}>
            {t('audiences.deliver')}
          </Button>
        </>
      )}
    </div>
  );
}
