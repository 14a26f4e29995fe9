// The columns of a schema as the kernel holds them, in schema order and by what they are for.
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import { identifierTypeNumber } from '../identifier-types.ts';
import type { AnyConsentColumn } from '../person-consent.ts';
import { ActivationIdColumn } from './activation-column.ts';
import { type AttributeCells, BooleanColumn, CategoryColumn, DateColumn, NumberColumn } from './attribute-columns.ts';
import type { CellColumn } from './cell.ts';
import { ColumnMemory } from './column-memory.ts';
import { ConsentClasses, ConsentColumn } from './consent-column.ts';
import { ConsentStringColumn } from './consent-string-column.ts';
import { DigestColumn, EmptyPartColumn, RecordIdColumn } from './digest-column.ts';
import { EventTimeColumn } from './event-time-column.ts';

export interface ColumnSet {
  readonly all: readonly CellColumn[];
  readonly recordId: RecordIdColumn | undefined;
  readonly digests: readonly DigestColumn[];
  readonly attributes: readonly AttributeCells[];
  /** In schema order. */
  readonly consents: readonly AnyConsentColumn[];
  readonly activationIds: readonly ActivationIdColumn[];
  readonly eventTime: EventTimeColumn | undefined;
  readonly consentClasses: ConsentClasses;
}

/** Without `memory`, columns of a few rows or of none at all. */
export function columnsOf(schema: DatasetSchema, memory = new ColumnMemory()): ColumnSet {
  const consentClasses = new ConsentClasses();
  const composites = new Set<string>();
  const all = Object.entries(schema.columns).map(([field, column], place) => {
    if (column.role === 'record-id') return new RecordIdColumn(field);
    if (column.role === 'activation-id') return new ActivationIdColumn(field, place, column.type);
    if (column.role === 'attribute') return attributeCells(field, column, memory);
    if (column.role === 'consent') {
      if (column.kind !== 'purposes') return new ConsentStringColumn(field, column.kind);
      return new ConsentColumn(field, consentClasses, column.destinations ?? []);
    }
    if (column.role === 'event-time') return new EventTimeColumn(field);
    const later = column.part !== undefined && composites.has(column.type);
    if (column.part !== undefined) composites.add(column.type);
    return later ? new EmptyPartColumn(field) : new DigestColumn(field, identifierTypeNumber(column.type), memory);
  });
  return {
    all,
    recordId: all.find((column) => column instanceof RecordIdColumn),
    digests: all.filter((column) => column instanceof DigestColumn),
    attributes: all.filter(isAttribute),
    consents: all.filter((column) => column instanceof ConsentColumn || column instanceof ConsentStringColumn),
    activationIds: all.filter((column) => column instanceof ActivationIdColumn),
    eventTime: all.find((column) => column instanceof EventTimeColumn),
    consentClasses,
  };
}

type AttributeSchema = Extract<DatasetSchema['columns'][string], { role: 'attribute' }>;

function attributeCells(field: string, column: AttributeSchema, memory: ColumnMemory): AttributeCells {
  if (column.kind === 'boolean') return new BooleanColumn(field, memory);
  if (column.kind === 'category') return new CategoryColumn(field, memory, column.categories);
  return column.kind === 'number' ? new NumberColumn(field, memory) : new DateColumn(field, memory);
}

function isAttribute(column: CellColumn): column is AttributeCells {
  return 'kind' in column;
}
