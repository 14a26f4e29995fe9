// The difference of two documents, structured and readable: one entry for each place that differs. A list of words is a set.
import type { JsonValue } from '../../audit/canonical-json.ts';
import type { ShownChange } from './shown.ts';

/** `before` null: everything is new. In ascending order of pointers. */
export function changesBetween(before: JsonValue, after: JsonValue): ShownChange[] {
  const places = [...placesOf(before), ...placesOf(after)].map(([pointer]) => pointer);
  const earlier = new Map(placesOf(before));
  const later = new Map(placesOf(after));
  return [...new Set(places)].sort().flatMap((pointer) => {
    const from = earlier.get(pointer) ?? null;
    const to = later.get(pointer) ?? null;
    if (isSame(from, to)) return [];
    return [{ pointer, before: from, after: to, text: sentence(pointer, from, to) }];
  });
}

/** Objects are walked; what is not an object stands for itself. */
function placesOf(value: JsonValue, pointer = ''): [string, JsonValue][] {
  if (value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [[pointer, value]];
  return Object.entries(value).flatMap(([name, inner]) =>
    placesOf(inner as JsonValue, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

function isSame(left: JsonValue, right: JsonValue): boolean {
  if (isWords(left) && isWords(right)) return JSON.stringify([...left].sort()) === JSON.stringify([...right].sort());
  return JSON.stringify(left) === JSON.stringify(right);
}

function sentence(pointer: string, from: JsonValue, to: JsonValue): string {
  const place = pointer.slice(1).replaceAll('/', ' › ').replaceAll('_', ' ') || 'the whole';
  if (from === null) return `${place}: ${textOf(to)}`;
  if (to === null) return `${place}: ${textOf(from)} goes`;
  if (isWords(from) && isWords(to)) {
    const added = to.filter((word) => !from.includes(word));
    const gone = from.filter((word) => !to.includes(word));
    const parts = [
      ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
      ...(gone.length > 0 ? [`drops ${gone.join(', ')}`] : []),
    ];
    return `${place}: ${parts.join('; ')}`;
  }
  return `${place}: ${textOf(from)} becomes ${textOf(to)}`;
}

function textOf(value: JsonValue): string {
  if (isWords(value)) return value.length === 0 ? 'nothing' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isWords(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
