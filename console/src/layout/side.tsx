// The navigation: the pages of one's roles in groups, and below them who one is. On a narrow screen it opens from a button.
import { useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/i18n.ts';
import { GROUPS, type NavigationEntry } from '../pages/area.ts';
import { NAVIGATION } from '../pages/routes.ts';
import { Link, place } from '../router.tsx';
import { hasAnyRole, session, signOut } from '../session.ts';
import { Brand } from './brand.tsx';
import { LanguageSelect, ThemeSelect } from './preferences.tsx';

export function Side() {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <header class="top">
        <Brand />
        <Button size="small" expanded={isOpen} onPress={() => setOpen(!isOpen)}>
          {t('frame.menu')}
        </Button>
      </header>
      <div class={isOpen ? 'side is-open' : 'side'}>
        <Brand />
        <nav aria-label={t('frame.navigation')} class="stack">
          {GROUPS.map((group) => (
            <NavigationGroup
              key={group}
              title={t(`frame.group-${group}`)}
              entries={NAVIGATION.filter((entry) => entry.group === group && hasAnyRole(entry.roles))}
              onFollow={close}
            />
          ))}
        </nav>
        <Foot />
      </div>
    </>
  );
}

interface GroupProps {
  title: string;
  entries: readonly NavigationEntry[];
  onFollow: () => void;
}

function NavigationGroup({ title, entries, onFollow }: GroupProps) {
  if (entries.length === 0) return null;
  return (
    <div class="side-group">
      <p class="side-title">{title}</p>
      <ul class="side-list">
        {entries.map(({ path, label }) => (
          <li key={path}>
            <Link to={path} class="side-link" aria-current={isWithin(path) ? 'page' : undefined} onFollow={onFollow}>
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function isWithin(path: string): boolean {
  const here = place.value.path;
  return here === path || (path !== '/' && here.startsWith(`${path}/`));
}

function Foot() {
  const who = session.value;
  return (
    <div class="side-foot">
      {who && (
        <p class="who">
          <span class="strong">{who.member.name}</span>
          <span class="muted small">{who.tenant?.name ?? t('frame.wholeService')}</span>
        </p>
      )}
      <ThemeSelect />
      <LanguageSelect />
      <Button size="small" onPress={() => void signOut()}>
        {t('frame.signOut')}
      </Button>
    </div>
  );
}
