// The library of criteria of a collaboration or of one dataset: the attributes that rules let segments filter on.
import type { Knex } from 'knex';
import { type DatasetSchema, parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { type Criterion, type CriterionOrigin, titleOfAttribute } from '../../matching/criteria.ts';
import type { Criterion as CriterionBody } from '../../openapi/generated/api.ts';
import { contributions } from './contribution-store.ts';

/** Every contributed attribute that its rule opens to filters. The own ones are first-party, partners' second-party. */
export async function listCollaborationCriteria(
  knex: Knex,
  of: { collaborationId: string; tenantId: string },
): Promise<Criterion[]> {
  const all = await contributions.listAll(knex, { collaboration_id: of.collaborationId });
  const live = all.filter(({ status, engineId }) => status !== 'withdrawn' && engineId !== null);
  const ids = live.map(({ datasetId }) => datasetId);
  const rows = (await knex('datasets').whereIn('id', ids).select('id', 'schema')) as { id: string; schema: string }[];
  const schemas = new Map(rows.map((row) => [row.id, parseDatasetSchema(JSON.parse(row.schema))]));
  return live.flatMap(({ alias, tenantId, datasetId, rule }) => {
    const schema = schemas.get(datasetId);
    if (!schema) return [];
    const origin = tenantId === of.tenantId ? 'first-party' : 'second-party';
    return criteriaOf(schema, { alias, origin }).filter(({ attribute }) => rule.filterAttributes.includes(attribute));
  });
}

export function criteriaOf(schema: DatasetSchema, source: { alias: string; origin: CriterionOrigin }): Criterion[] {
  return Object.entries(schema.columns).flatMap(([attribute, column]) => {
    if (column.role !== 'attribute') return [];
    const criterion: Criterion = {
      alias: source.alias,
      attribute,
      kind: column.kind,
      title: titleOfAttribute(attribute),
      taxonomy: column.taxonomy ?? attribute,
      origin: source.origin,
      ...(column.categories === undefined ? {} : { categories: column.categories }),
    };
    return [criterion];
  });
}

export function criterionBody(criterion: Criterion): CriterionBody {
  return {
    source: criterion.alias,
    attribute: criterion.attribute,
    kind: criterion.kind,
    title: criterion.title,
    taxonomy: criterion.taxonomy,
    origin: criterion.origin,
    categories: criterion.categories === undefined ? null : [...criterion.categories],
  };
}
