// Whether the log has grown from what this browser saw last, and what to do where it has not.
import { useState } from 'preact/hooks';
import { useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Notice } from '../../design/notice.tsx';
import { Loading, Refusal } from '../../design/states.tsx';
import { formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { download } from './download.ts';
import {
  compareWithKept,
  forgetKept,
  type KeptCheckpoint,
  keep,
  mayKeep,
  readKept,
  type Since,
} from './kept-checkpoint.ts';
import { findCheckpoint, keysOf, readConsistency, readLogKey } from './log-source.ts';
import { ProvenAndNot } from './proven.tsx';

// What was kept before this tab was opened: going to and fro between pages is one visit.
let before: KeptCheckpoint | undefined | null = null;

interface Compared {
  readonly since: Since;
  readonly kept: KeptCheckpoint | undefined;
  readonly newest: string;
}

async function compare(): Promise<Compared | undefined> {
  if (before === null) before = readKept(localStorage);
  const [note, key] = await Promise.all([findCheckpoint(), readLogKey()]);
  if (note === undefined) return undefined;
  const verifierKeys = keysOf(key);
  const since = await compareWithKept(before, { note, verifierKeys }, readConsistency);
  if (mayKeep(since)) keep(localStorage, { note, verifierKeys, keptAt: new Date().toISOString() });
  return { since, kept: before, newest: note };
}

export function SinceLastVisit() {
  const [turn, setTurn] = useState(0);
  const compared = useResource(compare, [turn]);
  if (compared.state === 'failed') return <Refusal problem={compared.problem} onRetry={compared.reload} />;
  if (compared.state === 'loading') return <Loading label={t('auditLog.sinceReading')} />;
  if (compared.value === undefined) return <Notice>{t('auditLog.sinceNone')}</Notice>;
  const startAnew = (): void => {
    forgetKept(localStorage);
    before = undefined;
    setTurn(turn + 1);
  };
  return <Told compared={compared.value} onForget={startAnew} />;
}

function Told({ compared, onForget }: { compared: Compared; onForget: () => void }) {
  const { since } = compared;
  switch (since.verdict) {
    case 'first-visit':
      return <Notice title={t('auditLog.sinceTitle')}>{t('auditLog.sinceFirst', { count: since.size })}</Notice>;
    case 'unchanged':
      return (
        <Notice tone="good" title={t('auditLog.sinceTitle')}>
          <p>{t('auditLog.sinceUnchanged', { count: since.size })}</p>
          <ProvenAndNot names={['signature', 'consistency']} />
        </Notice>
      );
    case 'consistent':
      return <Grown since={since} />;
    case 'renamed':
      return (
        <Notice tone="warning" title={t('auditLog.sinceRenamed')}>
          <p>
            {t('auditLog.sinceRenamedText', { from: since.from, to: since.to, date: formatInstant(since.keptAt) })}{' '}
            <Link to="/audit-log?event=service.backup-restored">{t('auditLog.sinceRenamedShow')}</Link>
          </p>
          <Evidence compared={compared} onForget={onForget} />
        </Notice>
      );
    case 'inconsistent':
      return (
        <Notice tone="danger" title={t('auditLog.sinceBroken', { date: formatInstant(since.keptAt) })}>
          <p>{t(`auditLog.sinceBroken-${since.why}`)}</p>
          <Evidence compared={compared} onForget={onForget} />
        </Notice>
      );
  }
}

function Grown({ since }: { since: Extract<Since, { verdict: 'consistent' }> }) {
  const { size, oldSize, keptAt } = since;
  return (
    <Notice tone="good" title={t('auditLog.sinceTitle')}>
      <p>
        {t('auditLog.sinceGrown', { count: size - oldSize, date: formatInstant(keptAt) })}{' '}
        <Link to={`/audit-log?since=${encodeURIComponent(keptAt)}`}>{t('auditLog.sinceShow')}</Link>
      </p>
      <ProvenAndNot names={['signature', 'consistency']} />
    </Notice>
  );
}

/** Both notes side by side convince anybody: one key signed two logs. */
function Evidence({ compared, onForget }: { compared: Compared; onForget: () => void }) {
  const content = `${compared.kept?.note ?? ''}\n${compared.newest}`;
  return (
    <p class="row">
      <Button size="small" onPress={() => download({ name: 'checkpoints.txt', type: 'text/plain', content })}>
        {t('auditLog.sinceEvidence')}
      </Button>
      <Button size="small" look="quiet" onPress={onForget}>
        {t('auditLog.sinceForget')}
      </Button>
    </p>
  );
}
