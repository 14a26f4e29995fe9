// By which column of which side a destination reaches people, and what its declaration tells the policies.
import { expect, it } from 'vitest';
import { findDestination } from '../../connectors/registry.ts';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { ConfiguredDestination } from '../destinations/destination.ts';
import { destinationFacts } from '../destinations/destination-facts.ts';
import { type DeliverySide, reachOf } from './delivery-sides.ts';

const schema = parseDatasetSchema({
  name: 'people',
  columns: { email: { role: 'identifier', type: 'email' }, key: { role: 'activation-id', type: 'customer' } },
});
const sides = ['ten_partner', 'ten_own'].map((tenantId) => ({ tenantId, schema })) as unknown as DeliverySide[];
const configured = (kind: string, settings: object) =>
  ({ kind, settings, tenantId: 'ten_own' }) as unknown as ConfiguredDestination;
const flags = configured('crm-feedback', { channel: 'email', flag: 'hikers', folder: 'a', place: 'folder' });

it('flags go back on a tenant’s own records, also where a partner’s column comes first', () => {
  const kind = findDestination('crm-feedback')!;
  expect(reachOf(sides, kind, flags).side.tenantId).toBe('ten_own');
  expect(() => reachOf(sides.slice(0, 1), kind, flags)).toThrow('No dataset of your own');
});

it('another destination takes the first column that fits', () => {
  const file = configured('file', { folder: 'a', id_type: 'customer' });
  expect(reachOf(sides, findDestination('file')!, file).side.tenantId).toBe('ten_partner');
});

it('policies learn that rows can be read and which purposes are served', () => {
  expect(destinationFacts(flags)).toEqual({ tellsRows: true, destinationPurposes: ['email-marketing'] });
  expect(destinationFacts(configured('file', {}))).toEqual({ tellsRows: true });
  expect(destinationFacts(configured('meta', {}))).toEqual({});
});
