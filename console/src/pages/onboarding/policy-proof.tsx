// The page's policy as the browser holds it, in words and to the letter, and a test that it stops what it must.
import { useState } from 'preact/hooks';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Notice } from '../../design/notice.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { type SelfTest, tryForeignRequest, tryForeignRequestInWorker } from '../../onboarding/self-test.ts';
import { readSentPolicy, type SentPolicy } from '../../onboarding/sent-policy.ts';

const SHOWN = [
  ['connect-src', 'onboarding.proofConnect'],
  ['script-src', 'onboarding.proofScript'],
  ['worker-src', 'onboarding.proofWorker'],
  ['default-src', 'onboarding.proofNothing'],
] as const;

export function PolicyProof() {
  const policy = useResource(readSentPolicy, []);
  return (
    <Card title={t('onboarding.proofTitle')}>
      <Answered of={policy}>
        {(sent) =>
          sent?.isStrict ? <Strict policy={sent} /> : <Notice tone="danger" title={t('onboarding.proofMissing')} />
        }
      </Answered>
      <TryIt />
    </Card>
  );
}

function Strict({ policy: { directives } }: { policy: SentPolicy }) {
  return (
    <>
      <p>{t('onboarding.proofLead')}</p>
      <ul class="bullets">
        {SHOWN.map(([name, words]) => (
          <li key={name}>
            {t(words)}{' '}
            <code>
              {name} {directives.get(name)}
            </code>
          </li>
        ))}
      </ul>
    </>
  );
}

function TryIt() {
  const [tests, setTests] = useState<readonly SelfTest[]>();
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setTests(await Promise.all([tryForeignRequest(), tryForeignRequestInWorker()]));
    setBusy(false);
  };
  const blocked = tests?.every(({ isBlocked }) => isBlocked);
  return (
    <div class="stack">
      <p class="row">
        <Button busy={busy} onPress={() => void run()}>
          {t('onboarding.selfTest')}
        </Button>
        <span class="muted">{t('onboarding.selfTestHint')}</span>
      </p>
      {blocked === true && (
        <Notice tone="good" title={t('onboarding.selfTestBlocked', { directive: tests?.[0]?.directive ?? '' })} />
      )}
      {blocked === false && <Notice tone="danger" title={t('onboarding.selfTestOpen')} />}
    </div>
  );
}
