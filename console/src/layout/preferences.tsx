// Theme and language, kept in this browser.
import { Segmented, Select } from '../design/select.tsx';
import { chooseLanguage, LANGUAGES, type Language, language, t } from '../i18n/i18n.ts';
import { chooseTheme, THEMES, theme } from '../theme.ts';

/** Each in its own language, as whoever looks for it reads that one. */
const NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

export function ThemeSelect() {
  const choices = THEMES.map((value) => ({ value, label: t(`frame.theme-${value}`) }));
  return <Segmented label={t('frame.theme')} value={theme.value} choices={choices} onChoose={chooseTheme} />;
}

export function LanguageSelect() {
  return (
    <Select
      label={t('frame.language')}
      isLabelHidden
      value={language.value}
      choices={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
      onChoose={(chosen) => void chooseLanguage(chosen)}
    />
  );
}
