// The page of whoever is not signed in yet: one card, and below it theme and language.
import type { ComponentChildren } from 'preact';
import { Card, PageHead } from '../../design/card.tsx';
import { Brand } from '../../layout/brand.tsx';
import { LanguageSelect, ThemeSelect } from '../../layout/preferences.tsx';

interface DoorProps {
  title: string;
  lead?: string;
  children: ComponentChildren;
}

export function Door({ title, lead, children }: DoorProps) {
  return (
    <main class="door">
      <div class="door-inner">
        <Brand />
        <Card>
          <PageHead title={title} lead={lead} />
          {children}
        </Card>
        <div class="door-foot">
          <ThemeSelect />
          <LanguageSelect />
        </div>
      </div>
    </main>
  );
}
