// How the cells of an answer are called: yes and no become sentences, attributes keep the names that their owners gave them.
import { findMessage, t } from '../../i18n/i18n.ts';

type CellKey = Readonly<Record<string, string | null>>;

export function cellLabel(key: CellKey): string {
  const words = Object.entries(key).map(([name, value]) => partLabel(name, value));
  return words.length === 0 ? t('analyses.all') : words.join(' · ');
}

function partLabel(name: string, value: string | null): string {
  if (value === null) return t('words.unknown');
  return findMessage(`analyses.key-${name}-${value}`) ?? findMessage(`words.${name}-${value}`) ?? readable(value);
}

/** Of an attribute's name such as `osec.last_raincoat`. */
export function attributeLabel(name: string): string {
  const [source, ...rest] = name.split('.');
  return rest.length === 0 ? readable(name) : `${readable(rest.join('.'))} (${source})`;
}

export function readable(name: string): string {
  const words = name.replace(/[_-]+/g, ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** Of a ratio such as `21.4%` or `>85%`. */
export function percentOf(value: string | null): number | null {
  const found = value === null ? null : /\d+(\.\d+)?/.exec(value);
  return found === null ? null : Number(found[0]);
}
