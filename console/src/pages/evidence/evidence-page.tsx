// Asking for an evidence pack: of a delivery, a collaboration, a person's request or a period. It is made, handed over, and kept nowhere.
import { useState } from 'preact/hooks';
import type { EvidenceRequest } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card, PageHead } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Notice } from '../../design/notice.tsx';
import { Progress } from '../../design/progress.tsx';
import { Segmented } from '../../design/select.tsx';
import { Refusal } from '../../design/states.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { place, setQuery } from '../../router.tsx';
import { download } from '../audit-log/download.ts';
import { instantOf } from '../audit-log/filters.ts';
import { ChosenThing } from './chosen-thing.tsx';

const KINDS = ['delivery', 'collaboration', 'person-request', 'period'] as const;
type Kind = (typeof KINDS)[number];

export function EvidencePage() {
  const address = place.value.query;
  const kind = KINDS.find((one) => one === address.get('kind')) ?? 'delivery';
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const [bytes, setBytes] = useState<number>();
  const id = address.get('id') ?? '';
  const asked = requestOf({ kind, id, since, until });
  const packing = useDeed(async (body: EvidenceRequest) => {
    setBytes(undefined);
    const content = await answered(api.POST('/v1/evidence-packs', { body, parseAs: 'arrayBuffer' }));
    const zip = content as unknown as ArrayBuffer;
    download({ name: `evidence-${kind}.zip`, type: 'application/zip', content: zip });
    setBytes(zip.byteLength);
  });
  return (
    <div class="page">
      <PageHead title={t('evidence.title')} lead={t('evidence.lead')} />
      <Card title={t('evidence.about')}>
        <p>
          <Segmented
            label={t('evidence.about')}
            value={kind}
            choices={KINDS.map((value) => ({ value, label: t(`evidence.kind-${value}`) }))}
            onChoose={(chosen) => setQuery({ kind: chosen, id: undefined })}
          />
        </p>
        <About {...{ kind, id, since, until }} onSince={setSince} onUntil={setUntil} />
        {packing.problem !== undefined && <Refusal problem={packing.problem} />}
        {packing.busy && <Progress label={t('evidence.packing')} />}
        {bytes !== undefined && <Notice tone="good">{t('evidence.done', { size: formatBytes(bytes) })}</Notice>}
        <p>
          <Button
            look="primary"
            busy={packing.busy}
            disabled={asked === undefined}
            onPress={() => asked !== undefined && packing.run(asked)}
          >
            {t('evidence.ask')}
          </Button>
        </p>
      </Card>
      <Inside />
    </div>
  );
}

interface AboutProps {
  kind: Kind;
  id: string;
  since: string;
  until: string;
  onSince: (day: string) => void;
  onUntil: (day: string) => void;
}

function About({ kind, id, since, until, onSince, onUntil }: AboutProps) {
  if (kind !== 'period')
    return <ChosenThing key={kind} kind={kind} id={id} onChoose={(chosen) => setQuery({ id: chosen })} />;
  return (
    <div class="form-row">
      <TextField label={t('evidence.since')} type="date" value={since} onInput={onSince} />
      <TextField label={t('evidence.until')} type="date" value={until} onInput={onUntil} />
    </div>
  );
}

function Inside() {
  return (
    <Card title={t('evidence.inside')}>
      <p>{t('evidence.insideText')}</p>
      <p class="muted">{t('evidence.verify')}</p>
      <pre tabIndex={0}>{'node verify.mjs evidence.zip\npython3 verify.py evidence.zip'}</pre>
    </Card>
  );
}

/** Undefined as long as something is still to be chosen. */
function requestOf(of: { kind: Kind; id: string; since: string; until: string }): EvidenceRequest | undefined {
  const { kind, id } = of;
  if (kind === 'period') {
    const [since, until] = [instantOf(of.since || undefined), instantOf(of.until || undefined)];
    return since === undefined || until === undefined || since >= until ? undefined : { kind, since, until };
  }
  if (id === '') return undefined;
  if (kind === 'delivery') return { kind, delivery_id: id };
  return kind === 'collaboration' ? { kind, collaboration_id: id } : { kind, deletion_request_id: id };
}
