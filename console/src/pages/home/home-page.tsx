// The first page: who one is here, what waits for one, and the way to what one does most.
import { Button } from '../../design/button.tsx';
import { PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';
import { hasAnyRole, session } from '../../session.ts';
import { Glance } from './glance.tsx';
import { GLANCES } from './glances.ts';

export function HomePage() {
  const who = session.value;
  if (!who) return null;
  return (
    <div class="page">
      <PageHead title={t('home.title', { name: who.member.name })} lead={t('home.lead')} actions={<FirstDeed />} />
      <p class="row">
        {who.member.roles.map((role) => (
          <Badge key={role} tone="info">
            {t(`words.role-${role}`)}
          </Badge>
        ))}
      </p>
      <div class="cards">
        {GLANCES.filter(({ roles }) => hasAnyRole(roles)).map(({ title, to, read }) => (
          <Glance key={to} title={t(title)} to={to} read={read} />
        ))}
      </div>
    </div>
  );
}

function FirstDeed() {
  if (hasAnyRole(['data-engineer'])) {
    return (
      <Button look="primary" to="/onboarding">
        {t('home.loadFile')}
      </Button>
    );
  }
  if (!hasAnyRole(['analyst'])) return null;
  return (
    <Button look="primary" to="/collaborations">
      {t('home.ask')}
    </Button>
  );
}
