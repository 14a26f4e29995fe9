// The header of a file against the schema: every column once, none unknown, in any order.
import { LoadFailure, type LoadRequest } from '../load-request.ts';

/** Of each field of the file its place in the schema. */
export function placesOf(header: readonly string[], request: Pick<LoadRequest, 'schema' | 'mode'>): number[] {
  const columns = Object.entries(request.schema.columns);
  const names = columns.map(([name]) => name);
  const places = header.map((name) => {
    const place = names.indexOf(name);
    if (place >= 0) return place;
    throw new LoadFailure('column_unknown', { hint: hintOf(header, names) });
  });
  const twice = places.find((place, field) => places.indexOf(place) !== field);
  if (twice !== undefined) {
    throw new LoadFailure('column_duplicate', { field: names[twice], hint: 'the header names this column twice' });
  }
  const roles = columns.map(([, column]) => column.role);
  if (request.mode === 'delete') {
    // A delete only has to say whom it means.
    if (places.some((place) => roles[place] === 'record-id' || roles[place] === 'identifier')) return places;
  }
  const missing = names.findIndex((_, place) => !places.includes(place));
  if (missing >= 0) {
    throw new LoadFailure('column_missing', { field: names[missing], hint: 'the schema declares this column' });
  }
  if (request.mode === 'upsert' && !roles.includes('record-id')) {
    throw new LoadFailure('record_id_column_missing', { hint: 'an upsert needs a schema with a record-id column' });
  }
  return places;
}

// The name itself is not repeated: in a file without a header it is a value of a person.
function hintOf(header: readonly string[], names: readonly string[]): string {
  if (header.length === 1 && /[;\t|]/.test(header[0] ?? '')) return 'fields are separated by commas';
  if (header.some((name) => name.includes('\r'))) return 'lines end in LF or CRLF, not in a carriage return alone';
  return `the first line names a column that the schema does not have; it has ${names.join(', ')}`;
}
