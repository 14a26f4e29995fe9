// The platform's side of the legacy line: reads one as strictly as the sandbox needs. Kept apart from the writer on purpose.
import type { LineLayout, SegmentField } from './legacy-line.ts';

export type ReadSegment = Partial<Record<SegmentField, number | string>>;
export interface ReadLine extends Said {
  readonly uid: string;
}
/** What a line says of its user. */
export interface Said {
  readonly segments: readonly ReadSegment[];
  readonly removals: readonly ReadSegment[];
  /** A source's name for ids of others, which Avro files alone hold. */
  readonly domain: number | string | undefined;
}

/** Undefined when the line has not the agreed form. */
export function readLegacyLine(layout: LineLayout, line: string): ReadLine | undefined {
  return legacyReader(layout)(line);
}

/** Many distinct endings mean that users differ in what is said of them: then nothing is gained by remembering. */
const MAX_REMEMBERED = 10_000;

/** Reads the lines of one file. What is said is mostly the same for all users, so that each ending is read once. */
export function legacyReader(layout: LineLayout): (line: string) => ReadLine | undefined {
  const said = new Map<string, Said | undefined>();
  return (line) => {
    const first = line.indexOf(layout.separators[0]);
    if (first <= 0) return undefined;
    const rest = line.slice(first + 1);
    let read = said.get(rest);
    if (read === undefined && !said.has(rest)) {
      read = readSaid(layout, rest);
      if (said.size < MAX_REMEMBERED) said.set(rest, read);
    }
    if (read === undefined) return undefined;
    const { segments, removals, domain } = read;
    return { uid: line.slice(0, first), segments, removals, domain };
  };
}

function readSaid(layout: LineLayout, text: string): Said | undefined {
  const [, sep2, sep3, sep4, sep5] = layout.separators;
  let rest = text;
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
  return { segments: segments as ReadSegment[], removals: removals as ReadSegment[], domain };
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
