// One's own account: who one is here, what one signs in with, and where one is signed in.
import { Card, Facts, PageHead } from '../../design/card.tsx';
import { Badge } from '../../design/notice.tsx';
import { t } from '../../i18n/i18n.ts';
import { session } from '../../session.ts';
import { PasswordCard } from './password-card.tsx';
import { SecondFactorCard } from './second-factor-card.tsx';
import { SessionsCard } from './sessions-card.tsx';

export function AccountPage() {
  const who = session.value;
  if (!who) return null;
  return (
    <div class="page">
      <PageHead title={t('account.title')} lead={t('account.lead')} />
      <Card>
        <Facts
          items={[
            { name: t('account.name'), value: who.member.name },
            { name: t('account.organisation'), value: who.tenant?.name ?? t('frame.wholeService') },
            {
              name: t('account.roles'),
              value: (
                <span class="row">
                  {who.member.roles.map((role) => (
                    <Badge key={role} tone="info">
                      {t(`words.role-${role}`)}
                    </Badge>
                  ))}
                </span>
              ),
            },
          ]}
        />
      </Card>
      <SecondFactorCard />
      <div class="columns">
        <PasswordCard />
        <SessionsCard />
      </div>
    </div>
  );
}
