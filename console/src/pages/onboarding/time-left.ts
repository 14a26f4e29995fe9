// Time left in words; nothing where nothing can be said.
import { t } from '../../i18n/i18n.ts';

export function timeLeft(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const time =
    seconds < 90
      ? t('onboarding.seconds', { count: Math.ceil(seconds) })
      : t('onboarding.minutes', { count: Math.ceil(seconds / 60) });
  return t('onboarding.timeLeft', { time });
}
