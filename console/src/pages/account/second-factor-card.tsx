// The second factor: a secret shown once as a QR code, a first code to prove that it arrived, recovery codes, and taking it away again.
import { useState } from 'preact/hooks';
import { answered, api } from '../../api/client.ts';
import { useDeed } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { TextField } from '../../design/field.tsx';
import { Form } from '../../design/form.tsx';
import { Badge, Notice } from '../../design/notice.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { readSession, session } from '../../session.ts';
import { download } from '../audit-log/download.ts';
import { QrCode } from './qr-code.tsx';

interface Issued {
  readonly secret: string;
  readonly uri: string;
}

export function SecondFactorCard() {
  const [issued, setIssued] = useState<Issued>();
  const [codes, setCodes] = useState<readonly string[]>();
  const factor = session.value?.second_factor;
  const enrolment = useDeed(async () => setIssued(await answered(api.POST('/v1/session/second-factor'))));
  const isActive = factor?.state === 'active';
  const onConfirmed = (recoveryCodes: readonly string[]): void => {
    setIssued(undefined);
    setCodes(recoveryCodes);
  };
  return (
    <Card
      title={t('account.secondFactor')}
      aside={
        <Badge tone={isActive ? 'good' : 'warning'}>
          {t(isActive ? 'account.factorActive' : 'account.factorNone')}
        </Badge>
      }
    >
      {codes !== undefined && <RecoveryCodes codes={codes} />}
      {enrolment.problem !== undefined && <Refusal problem={enrolment.problem} />}
      {issued !== undefined && <Enrolment issued={issued} onConfirmed={onConfirmed} />}
      {issued === undefined && !isActive && (
        <>
          <p>{t('account.factorWhy')}</p>
          <p>
            <Button look="primary" busy={enrolment.busy} onPress={() => enrolment.run()}>
              {t('account.factorSetUp')}
            </Button>
          </p>
        </>
      )}
      {isActive && <Removal codesLeft={factor.recovery_codes_left} onRemoved={() => setCodes(undefined)} />}
    </Card>
  );
}

function Enrolment({ issued, onConfirmed }: { issued: Issued; onConfirmed: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState('');
  const confirmation = useDeed(async () => {
    const { recovery_codes } = await answered(
      api.PUT('/v1/session/second-factor', { body: { code: code.replaceAll(' ', '') } }),
    );
    await readSession();
    onConfirmed(recovery_codes);
  });
  return (
    <div class="enrolment">
      <QrCode text={issued.uri} label={t('account.qr')} />
      <Form onSubmit={confirmation.run}>
        <p>{t('account.scan')}</p>
        <p>
          {t('account.orType')} <code>{issued.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
        </p>
        <TextField
          label={t('account.firstCode')}
          value={code}
          onInput={setCode}
          inputMode="numeric"
          autocomplete="one-time-code"
        />
        {confirmation.problem !== undefined && <Refusal problem={confirmation.problem} />}
        <p>
          <Button type="submit" look="primary" busy={confirmation.busy} disabled={code.replaceAll(' ', '').length < 6}>
            {t('account.confirm')}
          </Button>
        </p>
      </Form>
    </div>
  );
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const file = { name: 'ecluse-recovery-codes.txt', type: 'text/plain', content: `${codes.join('\n')}\n` };
  return (
    <Notice tone="warning" title={t('account.recoveryTitle')}>
      <p>{t('account.recoveryText')}</p>
      <ul class="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <Button size="small" onPress={() => download(file)}>
          {t('account.recoveryDownload')}
        </Button>
      </p>
    </Notice>
  );
}

function Removal({ codesLeft, onRemoved }: { codesLeft: number; onRemoved: () => void }) {
  const [code, setCode] = useState('');
  const removal = useDeed(async () => {
    await answered(api.DELETE('/v1/session/second-factor', { body: { code: code.replaceAll(' ', '') } }));
    await readSession();
    onRemoved();
  });
  return (
    <>
      <p>{t('account.codesLeft', { count: codesLeft })}</p>
      <details>
        <summary>{t('account.factorRemove')}</summary>
        <Form onSubmit={removal.run}>
          <TextField
            label={t('account.anyCode')}
            hint={t('account.anyCodeHint')}
            value={code}
            onInput={setCode}
            autocomplete="one-time-code"
          />
          {removal.problem !== undefined && <Refusal problem={removal.problem} />}
          <p>
            <Button type="submit" look="danger" busy={removal.busy} disabled={code.length < 6}>
              {t('account.factorRemove')}
            </Button>
          </p>
        </Form>
      </details>
    </>
  );
}
