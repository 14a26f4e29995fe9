// Rules of events and leaves.
import { expect, test } from 'vitest';
import { type AuditEvent, EVENT_NAMES, eventOf, leafOf } from './event.ts';

const event: AuditEvent = {
  id: 'evt_00000000000000000000000001',
  instant: '2026-07-01T08:00:00.000Z',
  tenantId: 'ten_00000000000000000000000001',
  actor: { kind: 'member', id: 'mem_00000000000000000000000001' },
  event: 'dataset.created',
  outcome: 'succeeded',
  subject: { kind: 'dataset', id: 'dts_00000000000000000000000001' },
  detail: { columns: 7 },
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (leaf: Uint8Array): string => new TextDecoder().decode(leaf);

test('a leaf reads back as its event', () => {
  expect(eventOf(leafOf(event))).toEqual(event);
});

test('the order in which members were written does not change the leaf', () => {
  const reversed = Object.fromEntries(Object.entries(event).reverse()) as unknown as AuditEvent;
  expect(leafOf(reversed)).toEqual(leafOf(event));
});

test.each<[string, object]>([
  ['an unknown member', { email: 'x' }],
  ['an unknown event', { event: 'dataset.dreamt' }],
  ['an instant without milliseconds', { instant: '2026-07-01T08:00:00Z' }],
  ['an instant that is no date', { instant: '2026-02-30T08:00:00.000Z' }],
  ['an unknown outcome', { outcome: 'maybe' }],
  ['an actor with more to say', { actor: { kind: 'member', id: 'm', name: 'Ann' } }],
  ['a decision without a policy set', { decision: { policies: [], reasons: [] } }],
  ['a detail that is a list', { detail: [] }],
])('%s makes no leaf', (_name, change) => {
  expect(() => leafOf({ ...event, ...change } as AuditEvent)).toThrow(/not an audit event/);
});

test('a leaf that is not canonical is refused, so that one event has one leaf', () => {
  expect(() => eventOf(bytes(JSON.stringify(event)))).toThrow(/not canonical/);
  expect(() => eventOf(bytes(`${textOf(leafOf(event))}\n`))).toThrow(/not canonical/);
  expect(() => eventOf(bytes(textOf(leafOf(event)).replace('{', '{"id":"x",')))).toThrow(/not canonical/);
  expect(() => eventOf(bytes(`\ufeff${textOf(leafOf(event))}`))).toThrow(/not JSON/);
  expect(() => eventOf(new Uint8Array([0xff]))).toThrow(/not UTF-8/);
});

test('an event larger than a tile entry is refused', () => {
  expect(() => leafOf({ ...event, detail: { text: 'x'.repeat(70_000) } })).toThrow(/larger than/);
});

test('every event name is a noun and a verb, with a sentence', () => {
  for (const [name, sentence] of Object.entries(EVENT_NAMES)) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  }
});
