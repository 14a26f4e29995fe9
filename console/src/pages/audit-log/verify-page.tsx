// A receipt that came from elsewhere: pasted or opened, verified here, and sent nowhere.
import { useState } from 'preact/hooks';
import { useResource } from '../../api/resource.ts';
import { Card, PageHead } from '../../design/card.tsx';
import { Field, TextArea } from '../../design/field.tsx';
import { Answered } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { keysOf, readLogKey } from './log-source.ts';
import { Verification } from './verification.tsx';

export function VerifyPage() {
  const key = useResource(readLogKey, []);
  const [text, setText] = useState('');
  const open = (file: File | undefined): void => void file?.text().then(setText);
  return (
    <div class="page">
      <PageHead title={t('auditLog.verifyPageTitle')} lead={t('auditLog.verifyPageLead')} />
      <Answered of={key}>
        {(known) => (
          <>
            <Card>
              <TextArea label={t('auditLog.paste')} isCode rows={8} value={text} onInput={setText} />
              <Field label={t('auditLog.openFile')}>
                {(ids) => (
                  <input
                    class="control"
                    type="file"
                    accept=".tlog-proof,text/plain"
                    {...ids}
                    onChange={(event) => open(event.currentTarget.files?.[0])}
                  />
                )}
              </Field>
              <div>
                <p class="field-label">{t('auditLog.keys')}</p>
                {keysOf(known).map((one) => (
                  <p key={one}>
                    <code>{one}</code>
                  </p>
                ))}
                <p class="field-hint">{t('auditLog.keysHint')}</p>
              </div>
            </Card>
            {text !== '' && (
              <Verification
                receipt={text}
                verifierKeys={keysOf(known)}
                witnessPolicy={known.witness_policy}
                name="receipt"
              />
            )}
          </>
        )}
      </Answered>
    </div>
  );
}
