// How a part of an overlap is called: "in osec and rando", "only in osec".
import { formatList } from '../i18n/formats.ts';
import { t } from '../i18n/i18n.ts';
import type { Part } from './set-overlap.ts';

export function partLabel({ sets }: Part, all: readonly string[]): string {
  const names = formatList(sets);
  if (sets.length === all.length) return t('charts.inAll', { names });
  return t(sets.length === 1 ? 'charts.onlyIn' : 'charts.inBut', { names });
}
