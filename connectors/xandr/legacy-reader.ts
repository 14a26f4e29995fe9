// The platform's side of the legacy line: reads one as strictly as the sandbox needs. Kept apart from the writer on purpose.
import type { LineLayout, SegmentField } from './legacy-line.ts';

export type ReadSegment = Partial<Record<SegmentField, number | string>>;
export interface ReadLine {
  readonly uid: string;
  readonly segments: readonly ReadSegment[];
  readonly removals: readonly ReadSegment[];
  /** A source's name for ids of others, which Avro files alone hold. */
  readonly domain: number | string | undefined;
}

/** Undefined when the line has not the agreed form. */
export function readLegacyLine(layout: LineLayout, line: string): ReadLine | undefined {
  const [sep1, sep2, sep3, sep4, sep5] = layout.separators;
  const first = line.indexOf(sep1);
  if (first <= 0) return undefined;
  let rest = line.slice(first + 1);
  let domain: number | undefined;
  const fifth = rest.lastIndexOf(sep5);
  if (fifth >= 0) {
    const text = rest.slice(fifth + 1);
    if (!/^\d{1,2}$/.test(text)) return undefined;
    domain = Number(text);
    rest = rest.slice(0, fifth);
  }
  const parts = rest.split(sep4);
  if (parts.length > 2) return undefined;
  const lists = parts.map((part) =>
    part === '' ? [] : part.split(sep2).map((text) => readSegment(layout.fields, text.split(sep3))),
  );
  const [segments = [], removals = []] = lists;
  if (segments.length + removals.length === 0 || lists.flat().includes(undefined)) return undefined;
  return {
    uid: line.slice(0, first),
    segments: segments as ReadSegment[],
    removals: removals as ReadSegment[],
    domain,
  };
}

function readSegment(fields: readonly SegmentField[], values: readonly string[]): ReadSegment | undefined {
  if (values.length !== fields.length) return undefined;
  const segment: ReadSegment = {};
  for (const [index, field] of fields.entries()) {
    const value = values[index]!;
    if (field === 'SEG_CODE') segment[field] = value;
    else if (/^-?\d{1,10}$/.test(value)) segment[field] = Number(value);
    else return undefined;
  }
  return segment;
}
