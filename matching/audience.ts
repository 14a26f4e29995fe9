// Evaluates a segment into an audience: the set of matched pairs, or of persons of one own dataset, that it selects.
// The set stays inside; only the number of its persons comes out, and that unreleased.

import { type Unreleased, unreleased } from '../policies/release.ts';
import { type SegmentSource, type SegmentSql, type Side, segmentSql } from './audience-sql.ts';
import { type Criterion, titleOfAttribute } from './criteria.ts';
import type { Engine } from './engine/engine.ts';
import type { Segment } from './segment.ts';
import { validateSegment } from './segment-json.ts';
import { type AttributeColumn, deliveredTable, membersTable, pairsTable, peopleTable } from './tables.ts';

/** An alias of the segment: which dataset version it speaks of and, in a match, on which side that lies. */
export interface AudienceSource {
  readonly alias: string;
  readonly version: string;
  readonly side: Side;
  readonly attributes: readonly AttributeColumn[];
}

export interface AudienceRequest {
  readonly audience: string;
  readonly segment: Segment;
  readonly sources: readonly AudienceSource[];
  /** The match whose pairs are selected; without it, the one source is an own dataset and stands on the left. */
  readonly match?: string;
}

export interface AudienceSize {
  /** Persons of the side with fewer, where one person pairs with several. */
  readonly persons: number;
}

/**
 * Fills `<audience>_members` anew, in place of an earlier evaluation; running it again after a failure starts over.
 * Throws SegmentError for a segment that does not fit the sources, EngineError when the engine fails: then the members
 * are those of the evaluation before.
 */
export async function evaluateAudience(engine: Engine, request: AudienceRequest): Promise<Unreleased<AudienceSize>> {
  const versions = versionsBySide(request);
  const segment = validateSegment(request.segment, criteriaOf(request.sources));
  const sources = new Map<string, SegmentSource>(request.sources.map((source) => [source.alias, source]));
  const sql = segmentSql(segment, sources);
  const members = membersTable(request.audience);
  const next = { ...members, name: `${members.name}_next` };
  await engine.dropTable(next.name);
  await engine.createTable(next);
  await engine.command(`INSERT INTO ${next.name} ${selection(sql, versions, request.match)}`, sql.params);
  if (!(await engine.listTables()).includes(members.name)) await engine.createTable(members);
  await engine.replaceTable(members.name, next.name);
  const [size] = await engine.query<AudienceSize>(
    `SELECT least(uniqExact(left_person), uniqExact(right_person)) AS persons FROM ${members.name}`,
  );
  return unreleased({ persons: size?.persons ?? 0 });
}

/** Drops the audience with all that was noted about its deliveries. */
export async function dropAudience(engine: Engine, audience: string): Promise<void> {
  const prefix = membersTable(audience).name.replace(/members$/, '');
  const names = await engine.listTables();
  await Promise.all(names.filter((name) => name.startsWith(prefix)).map((name) => engine.dropTable(name)));
}

/** Like `dropAudience`, and what destinations were told that are still to be asked to forget it is kept. */
export async function forgetAudience(
  engine: Engine,
  of: { audience: string; untold: readonly string[] },
): Promise<void> {
  const prefix = membersTable(of.audience).name.replace(/members$/, '');
  const kept = new Set(of.untold.map((destination) => deliveredTable(of.audience, destination).name));
  const names = await engine.listTables();
  const doomed = names.filter((name) => name.startsWith(prefix) && !kept.has(name));
  await Promise.all(doomed.map((name) => engine.dropTable(name)));
}

function selection(sql: SegmentSql, versions: ReadonlyMap<Side, string>, match: string | undefined): string {
  if (match !== undefined) {
    const given = `WITH ${bitmapScans(sql, versions).join(', ')}`;
    return `${given} SELECT left_person, right_person FROM ${pairsTable(match).name} WHERE ${sql.condition}`;
  }
  const version = versions.get('left');
  if (sql.ownCondition === undefined || version === undefined) throw new Error('one dataset has one side');
  return `SELECT person AS left_person, person AS right_person FROM ${peopleTable(version, []).name} WHERE ${sql.ownCondition}`;
}

/** One scan of the people of each side that the segment speaks of, under the names by which its condition reads them. */
export function bitmapScans(sql: SegmentSql, versions: ReadonlyMap<Side, string>): string[] {
  return (['left', 'right'] as const).flatMap((side) => {
    const version = versions.get(side);
    if (version === undefined || sql.bitmaps[side].length === 0) return [];
    return [`(SELECT tuple(${sql.bitmaps[side].join(', ')}) FROM ${peopleTable(version, []).name}) AS ${side}_bitmaps`];
  });
}

/** Person numbers belong to a dataset version: a side with two of them would mix persons up. */
function versionsBySide({ sources, match }: AudienceRequest): Map<Side, string> {
  const versions = new Map<Side, string>();
  for (const { side, version } of sources) {
    if ((versions.get(side) ?? version) !== version) throw new Error('one side of a match is one dataset version');
    if (match === undefined && side !== 'left') throw new Error('an own dataset stands on the left');
    versions.set(side, version);
  }
  return versions;
}

/** What a segment over these sources may say. */
export function criteriaOf(sources: readonly AudienceSource[]): Criterion[] {
  return sources.flatMap(({ alias, attributes }) =>
    attributes.map(({ attribute, kind }) => {
      const title = titleOfAttribute(attribute);
      return { alias, attribute, kind, title, taxonomy: attribute, origin: 'first-party' as const };
    }),
  );
}
