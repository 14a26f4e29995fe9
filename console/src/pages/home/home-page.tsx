// The first page: who one is here, and the pages of one's roles.
import { Card, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';
import { Link } from '../../router.tsx';
import { hasAnyRole, session } from '../../session.ts';
import { NAVIGATION } from '../routes.ts';

export function HomePage() {
  const who = session.value;
  if (!who) return null;
  const entries = NAVIGATION.filter((entry) => entry.path !== '/' && hasAnyRole(entry.roles));
  return (
    <div class="page">
      <PageHead title={t('home.title', { name: who.member.name })} lead={t('home.lead')} />
      <Card title={t('home.roles')}>
        <p class="row">
          {who.member.roles.map((role) => (
            <Badge key={role} tone="info">
              {t(`words.role-${role}`)}
            </Badge>
          ))}
        </p>
      </Card>
      <Card title={t('home.where')}>
        <ul class="bullets">
          {entries.map((entry) => (
            <li key={entry.path}>
              <Link to={entry.path}>{t(entry.label)}</Link>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
