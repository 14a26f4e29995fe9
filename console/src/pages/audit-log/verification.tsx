// A receipt verified in this browser: the verdict, the steps drawn, where it breaks, and what it does not prove. Once the receipt and the
// keys are here nothing is asked of the network any more.
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { TextArea } from '../../design/field.tsx';
import { Badge, Notice } from '../../design/notice.tsx';
import { Loading } from '../../design/states.tsx';
import { locale, t } from '../../i18n/i18n.ts';
import { download } from './download.ts';
import { ProofDrawing } from './proof-drawing.tsx';
import { namesOf, ProvenAndNot } from './proven.tsx';
import { type Examination, examineReceipt, type LinkName, type LinkState } from './receipt-steps.ts';

interface VerificationProps {
  receipt: string;
  /** The event's bytes as they were shown; left out for a receipt that comes alone. */
  leaf?: string | undefined;
  verifierKeys: readonly string[];
  witnessPolicy: string | null;
  /** How the receipt's file is called. */
  name: string;
}

export function Verification({ receipt, leaf, verifierKeys, witnessPolicy, name }: VerificationProps) {
  const [text, setText] = useState(receipt);
  const [turn, setTurn] = useState(0);
  const [examined, setExamined] = useState<{ what: Examination; at: Date }>();
  useEffect(() => setText(receipt), [receipt]);
  useEffect(() => {
    let isStale = false;
    examineReceipt({ receipt: text, leaf, verifierKeys, witnessPolicy }).then((what) => {
      if (!isStale) setExamined({ what, at: new Date() });
    });
    return () => {
      isStale = true;
    };
  }, [text, leaf, turn, verifierKeys, witnessPolicy]);
  if (examined === undefined) return <Loading />;
  const { what, at } = examined;
  return (
    <Card
      title={t(what.ok ? 'auditLog.verifyTitle' : 'auditLog.verifyFailed')}
      aside={
        <span class="row">
          <span class="muted small">{t('auditLog.verifiedAt', { time: at.toLocaleTimeString(locale.value) })}</span>
          <Button size="small" onPress={() => setTurn(turn + 1)}>
            {t('auditLog.verifyAgain')}
          </Button>
        </span>
      }
    >
      <Verdict of={what} />
      <div class="verification">
        {what.drawing !== undefined && <ProofDrawing drawing={what.drawing} links={what.links} />}
        <div class="stack">
          <Links of={what} areWitnessesAsked={witnessPolicy !== null} />
          {what.ok && <ProvenAndNot names={namesOf(what.ticks)} isOpen />}
        </div>
      </div>
      <ReceiptText text={text} receipt={receipt} name={name} onInput={setText} />
    </Card>
  );
}

interface ReceiptTextProps {
  text: string;
  /** As it came, to be put back. */
  receipt: string;
  name: string;
  onInput: (text: string) => void;
}

function ReceiptText({ text, receipt, name, onInput }: ReceiptTextProps) {
  const file = { name: `${name}.tlog-proof`, type: 'text/plain', content: receipt };
  return (
    <details>
      <summary>{t('auditLog.receipt')}</summary>
      <div class="stack">
        <TextArea
          label={t('auditLog.receipt')}
          isLabelHidden
          hint={t('auditLog.receiptHint')}
          isCode
          rows={12}
          value={text}
          onInput={onInput}
        />
        <div class="row">
          <Button size="small" onPress={() => onInput(receipt)} disabled={text === receipt}>
            {t('auditLog.receiptRestore')}
          </Button>
          <Button size="small" onPress={() => download(file)}>
            {t('auditLog.receiptDownload')}
          </Button>
        </div>
      </div>
    </details>
  );
}

function Verdict({ of }: { of: Examination }) {
  if (of.broken !== undefined) {
    return (
      <Notice tone="danger" title={t('auditLog.verifyFailed')}>
        {t(`auditLog.broken-${of.broken}`)}
      </Notice>
    );
  }
  return <Notice tone="good">{t('auditLog.verifyLead')}</Notice>;
}

const SIGNS: Readonly<Record<LinkState, { sign: string; tone: 'good' | 'danger' | 'neutral' }>> = {
  holds: { sign: '✓', tone: 'good' },
  breaks: { sign: '✗', tone: 'danger' },
  unreached: { sign: '–', tone: 'neutral' },
};

function Links({ of: { links }, areWitnessesAsked }: { of: Examination; areWitnessesAsked: boolean }) {
  return (
    <ol class="links" aria-label={t('auditLog.steps')}>
      {(Object.entries(links) as [LinkName, LinkState][]).map(([name, state]) => (
        <li key={name}>
          <Badge tone={SIGNS[state].tone}>
            <span aria-hidden="true">{SIGNS[state].sign}</span> {t(`auditLog.state-${state}`)}
          </Badge>
          <span class={state === 'unreached' ? 'muted' : ''}>
            {t(name === 'witnesses' && !areWitnessesAsked ? 'auditLog.noWitnesses' : `auditLog.link-${name}`)}
          </span>
        </li>
      ))}
    </ol>
  );
}
