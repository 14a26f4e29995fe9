// The number of each identifier type in the engine's `type` columns. Append only: tables on disk hold these numbers.
import type { IdentifierType } from '../identifiers/identifier.ts';

const NUMBERED: readonly IdentifierType[] = [
  'email',
  'phone',
  'postal-address',
  'mobile-advertising-id',
  'cookie-id',
  'customer',
];

export function identifierTypeNumber(type: IdentifierType): number {
  const place = NUMBERED.indexOf(type);
  if (place < 0) throw new Error(`identifier type ${type} has no number in the engine`);
  return place + 1;
}

export function identifierTypeOf(number: number): IdentifierType {
  const type = NUMBERED[number - 1];
  if (type === undefined) throw new Error(`no identifier type has the number ${number} in the engine`);
  return type;
}
