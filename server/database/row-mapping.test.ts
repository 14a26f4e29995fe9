// Between the code's nouns and their rows nothing is lost and nothing is made up.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowMapping } from './row-mapping.ts';

interface Boat {
  readonly id: string;
  readonly lockCount: number;
  readonly homePort: string | null;
  readonly cargo: readonly string[] | null;
}

const mapping = rowMapping<Boat>(['cargo']);

it('writes snake_case columns, documents as JSON text and null as null', () => {
  expect(mapping.toRow({ id: 'b1', lockCount: 2, homePort: null, cargo: ['coal'] })).toEqual({
    id: 'b1',
    lock_count: 2,
    home_port: null,
    cargo: '["coal"]',
  });
  expect(mapping.toRow({ id: 'b1', lockCount: 0, homePort: 'Sète', cargo: null }).cargo).toBeNull();
});

it('gives back what was written', () => {
  const boat = fc.record<Boat>({
    id: fc.string(),
    lockCount: fc.integer(),
    homePort: fc.option(fc.string()),
    cargo: fc.option(fc.array(fc.string())),
  });
  fc.assert(
    fc.property(boat, (each) => {
      expect(mapping.fromRow(mapping.toRow(each))).toEqual(each);
    }),
  );
});
