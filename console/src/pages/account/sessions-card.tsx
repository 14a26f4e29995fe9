// Where one is signed in: each session can be ended, and all others at once.
import type { BrowserSession } from '../../../../openapi/generated/api.ts';
import { answered, api } from '../../api/client.ts';
import { useDeed, useResource } from '../../api/resource.ts';
import { Button } from '../../design/button.tsx';
import { Card } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { Answered, Refusal } from '../../design/states.tsx';
import { formatDistance, formatInstant } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';

export function SessionsCard() {
  const sessions = useResource(() => answered(api.GET('/v1/sessions')), []);
  const ending = useDeed(async (ids: readonly string[]) => {
    for (const id of ids)
      await answered(api.DELETE('/v1/sessions/{session_id}', { params: { path: { session_id: id } } }));
    sessions.reload();
  });
  return (
    <Card title={t('account.sessions')}>
      {ending.problem !== undefined && <Refusal problem={ending.problem} />}
      <Answered of={sessions}>
        {({ items }) => {
          const others = items.filter(({ is_current }) => !is_current).map(({ id }) => id);
          return (
            <>
              <ul class="plain-list">
                {items.map((one) => (
                  <OneSession key={one.id} session={one} busy={ending.busy} onEnd={() => ending.run([one.id])} />
                ))}
              </ul>
              {others.length > 1 && (
                <p>
                  <Button look="danger" busy={ending.busy} onPress={() => ending.run(others)}>
                    {t('account.endOthers', { count: others.length })}
                  </Button>
                </p>
              )}
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function OneSession({ session, busy, onEnd }: { session: BrowserSession; busy: boolean; onEnd: () => void }) {
  const { browser, is_current: isCurrent, way, has_second_factor: hasSecondFactor, last_seen_at, expires_at } = session;
  const name = browser === '' ? t('account.unknownBrowser') : browser;
  return (
    <li class="row is-apart">
      <span>
        <span class="row">
          <strong>{name}</strong>
          {isCurrent && <Badge tone="good">{t('account.thisOne')}</Badge>}
          {hasSecondFactor && <Badge>{t('account.withSecondFactor')}</Badge>}
        </span>
        <span class="muted small">
          {t(`account.way-${way}`)} · {t('account.lastSeen', { when: formatDistance(last_seen_at, Date.now()) })} ·{' '}
          {t('account.endsAt', { when: formatInstant(expires_at) })}
        </span>
      </span>
      {!isCurrent && (
        <Button size="small" look="danger" busy={busy} label={t('account.endThis', { browser: name })} onPress={onEnd}>
          {t('account.end')}
        </Button>
      )}
    </li>
  );
}
