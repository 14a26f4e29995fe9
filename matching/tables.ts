// The engine's tables: one definition each, so that who fills a table and who reads it agree.
// Persons are numbered densely inside a dataset version; names are built from ids alone.

import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import type { Side } from './audience-sql.ts';
import type { Columns, TableDefinition } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';

/** Sixteen bytes: a salted digest re-keyed under a tenant's or a collaboration's key. */
const MATCH_KEY = 'FixedString(16)';

/** An attribute of a dataset and the column that holds it: the n-th attribute of the schema lies in `a_n`. */
export interface AttributeColumn {
  readonly attribute: string;
  readonly kind: 'boolean' | 'category' | 'number' | 'date';
  readonly column: string;
  readonly type: string;
}

/** Every attribute may be unknown, which is NULL. */
const ATTRIBUTE_TYPES: Readonly<Record<AttributeColumn['kind'], string>> = {
  boolean: 'Nullable(UInt8)',
  category: 'LowCardinality(Nullable(String))',
  number: 'Nullable(Float64)',
  date: 'Nullable(Date32)',
};

export function attributeColumns(schema: Pick<DatasetSchema, 'columns'>): AttributeColumn[] {
  return Object.entries(schema.columns)
    .flatMap(([attribute, column]) => (column.role === 'attribute' ? [{ attribute, kind: column.kind }] : []))
    .map(({ attribute, kind }, n) => ({ attribute, kind, column: `a_${n}`, type: ATTRIBUTE_TYPES[kind] }));
}

/** An activation-id column of a dataset and the number that `<dsv>_activation.column` holds: its place in the schema. */
export interface ActivationColumn {
  readonly name: string;
  readonly type: string;
  readonly profile: string | undefined;
  readonly column: number;
}

export function activationColumns(schema: Pick<DatasetSchema, 'columns'>): ActivationColumn[] {
  return Object.entries(schema.columns).flatMap(([name, column], n) =>
    column.role === 'activation-id' ? [{ name, type: column.type, profile: column.profile, column: n }] : [],
  );
}

/**
 * `<dsv>_keys` of a dataset version under its tenant's key, `<con>_keys` of a contribution under the collaboration's.
 * Unsorted: sorting random keys costs more than the hash join that reads them.
 */
export function keysTable(owner: string): TableDefinition {
  const columns: Columns = { match_key: MATCH_KEY, person: 'UInt32', type: 'UInt8' };
  return { name: tableName(owner, 'keys'), columns, orderBy: [], shardBy: 'match_key' };
}

/** `<dsv>_people`: one row a person, with the class of its consent and its attributes by position. */
export function peopleTable(version: string, attributes: readonly AttributeColumn[]): TableDefinition {
  const columns: Columns = {
    person: 'UInt32',
    consent_class: 'UInt32',
    ...Object.fromEntries(attributes.map(({ column, type }) => [column, type])),
  };
  return { name: tableName(version, 'people'), columns, orderBy: ['person'], shardBy: 'person', filledOnce: true };
}

/** Whether what consent classes say stands in a table of its own, rather than with the version in the control plane. */
export function hasConsentStrings({ columns }: Pick<DatasetSchema, 'columns'>): boolean {
  return Object.values(columns).some((column) => column.role === 'consent' && column.kind !== 'purposes');
}

/** `<dsv>_consents`: what is on record of each consent class, decoded, as JSON. */
export function consentsTable(version: string): TableDefinition {
  const columns: Columns = { consent_class: 'UInt32', said: 'String' };
  return { name: tableName(version, 'consents'), columns, orderBy: ['consent_class'], shardBy: 'random' };
}

/** `<dsv>_strings`: each distinct consent string once, by the number that the archive has in its place, with the place of its column. */
export function stringsTable(version: string): TableDefinition {
  const columns: Columns = { string: 'UInt32', place: 'UInt16', text: 'String' };
  return { name: tableName(version, 'strings'), columns, orderBy: ['string'], shardBy: 'random' };
}

/** `<dsv>_activation`: the ids by which platforms know a person, any number of them. */
export function activationTable(version: string): TableDefinition {
  const columns: Columns = { person: 'UInt32', column: 'UInt16', id: 'String' };
  return { name: tableName(version, 'activation'), columns, orderBy: ['person', 'column'], shardBy: 'person' };
}

/**
 * `<con>_joined_<origin>_<types>`: candidate pairs of the bases of two contributions, kept with the left one for the next match of
 * either. `origin` is the contribution that the right base was first made for.
 */
export function joinedTable(left: string, rightOrigin: string, types: readonly number[]): TableDefinition {
  const columns: Columns = { left_person: 'UInt32', right_person: 'UInt32', type: 'UInt8' };
  const name = tableName(left, ['joined', rightOrigin, ...types].join('_'));
  return { name, columns, orderBy: ['left_person'], shardBy: 'left_person' };
}

/** `<mat>_pairs`: who is who on both sides, and the identifier type that said so. */
export function pairsTable(match: string): TableDefinition {
  const columns: Columns = { left_person: 'UInt32', right_person: 'UInt32', type: 'UInt8' };
  return { name: tableName(match, 'pairs'), columns, orderBy: ['left_person'], shardBy: 'left_person' };
}

/** `<aud>_members`: the pairs that a segment selected; over one own dataset both numbers are the person's. */
export function membersTable(audience: string): TableDefinition {
  const columns: Columns = { left_person: 'UInt32', right_person: 'UInt32' };
  return { name: tableName(audience, 'members'), columns, orderBy: ['left_person'], shardBy: 'left_person' };
}

/** `<sup>_keys`: the match keys of those who must not be reached, under a tenant's or a collaboration's key. Never NULL. */
export function suppressionTable(list: string): TableDefinition {
  const columns: Columns = { match_key: MATCH_KEY };
  return { name: tableName(list, 'keys'), columns, orderBy: ['match_key'], shardBy: 'match_key' };
}

/**
 * `<col>_suppressed_<sup>`: the same list re-keyed under a collaboration's key. Named after the collaboration, so that
 * whoever rotates the tenant's key or ends the collaboration takes the right tables.
 */
export function contributedSuppressionTable(list: string, collaboration: string): TableDefinition {
  return { ...suppressionTable(list), name: tableName(collaboration, `suppressed_${list}`) };
}

/** Working tables of one selection of deliverable persons, named after the activation or delivery that selects. */
export function selectionTables(
  selection: string,
): Readonly<
  Record<
    | 'decisions'
    | 'judged'
    | 'suppressed'
    | 'objected'
    | 'candidates'
    | 'barred'
    | 'alone'
    | 'ids'
    | 'changes'
    | 'said'
    | 'prepared',
    TableDefinition
  >
> {
  const table = (suffix: string, columns: Columns, shardBy: TableDefinition['shardBy']): TableDefinition => ({
    name: tableName(selection, suffix),
    columns,
    orderBy: Object.keys(columns).slice(0, 1),
    shardBy,
  });
  return {
    decisions: table(
      'decisions',
      { side: 'UInt8', consent_class: 'UInt32', evidence: 'UInt32', reason: 'UInt16', purposes: 'UInt8' },
      'random',
    ),
    judged: table('judged', { person: 'UInt32', reason: 'UInt16', purposes: 'UInt8' }, 'person'),
    suppressed: table('suppressed', { person: 'UInt32', why: 'UInt8' }, 'person'),
    objected: table('objected', { person: 'UInt32', purposes: 'UInt8' }, 'person'),
    candidates: table('candidates', { person: 'UInt32', id: 'String' }, 'person'),
    barred: table('barred', { id: 'String' }, 'random'),
    alone: table('alone', { person: 'UInt32', paired: 'UInt8' }, 'person'),
    ids: table('ids', { id: 'String', person: 'UInt32', purposes: 'UInt8' }, 'random'),
    changes: table('changes', { position: 'UInt32', id: 'String', change: 'Int8', round: 'UInt32' }, 'random'),
    said: table('said', { position: 'UInt32', purposes: 'UInt8' }, 'random'),
    prepared: table('prepared', { position: 'UInt32' }, 'random'),
  };
}

/** `<selection>_evidence_<side>`: the class of first-party evidence of the persons that have any, as of one release. */
export function evidenceTable(selection: string, side: Side): TableDefinition {
  const columns: Columns = { person: 'UInt32', evidence: 'UInt32' };
  return { name: tableName(selection, `evidence_${side}`), columns, orderBy: ['person'], shardBy: 'person' };
}

/** `<selection>_asked`: keys whose persons are asked for, while they are. */
export function evidenceKeysTable(selection: string): TableDefinition {
  return { name: tableName(selection, 'asked'), columns: { match_key: MATCH_KEY }, orderBy: [], shardBy: 'match_key' };
}

/** Working tables of a removal: the ids that its persons may be known by, in the clear for as long as the job runs. */
export function removalTables(removal: string): Readonly<Record<'candidates', TableDefinition>> {
  const columns: Columns = { id: 'String' };
  return { candidates: { name: tableName(removal, 'sought'), columns, orderBy: ['id'], shardBy: 'random' } };
}

/**
 * `<aud>_delivered_<dst>`: what a destination was told, as a log in which the last word about an id counts.
 * state: 1 delivered, -1 removed, 0 either, as the change was perhaps sent and never confirmed.
 */
export function deliveredTable(audience: string, destination: string): TableDefinition {
  const columns: Columns = { id: 'String', state: 'Int8', round: 'UInt32', step: 'UInt8' };
  return { name: tableName(audience, `delivered_${destination}`), columns, orderBy: ['id'], shardBy: 'random' };
}
