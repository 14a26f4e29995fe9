// One member has one text; consent says no more than was said; places in a session have no gaps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, batchChanges } from './batches.ts';
import { inBatches } from './conformance-world.ts';
import { consentState } from './consent.ts';
import { formatMember, identifierCount, MEMBER_FIELDS, type Member, parseMember } from './member.ts';
import { type BatchPlace, placed } from './upload-session.ts';
import { TextWindow } from './window.ts';

const members = fc.dictionary(
  fc.constantFrom(...MEMBER_FIELDS),
  fc.array(
    fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed()),
    { minLength: 1 },
  ),
  { minKeys: 1 },
) as fc.Arbitrary<Member>;

describe('a member', () => {
  it('reads back from its text, whatever its values hold, and has no other text', () => {
    fc.assert(
      fc.property(members, (member) => {
        const text = formatMember(member);
        expect(formatMember(parseMember(text)!)).toBe(text);
        expect(identifierCount(parseMember(text)!)).toBeGreaterThan(0);
      }),
    );
    expect(formatMember({ phone: ['2', '1', '2'], email: ['a&b'] })).toBe('member?email=a%26b&phone=1&phone=2');
  });

  it.each([
    '',
    'member?',
    'email=1',
    'member?email=',
    'member?mail=1',
    'member?phone=1&email=1',
    'member?email=2&email=1',
    'member?email=1&email=1',
    'member?email=1=2',
    'member?email=%',
    'member?email=a/b',
  ])('is not read from %j', (text) => expect(parseMember(text)).toBeUndefined());
});

describe('consent', () => {
  it('is what the person said; what nobody said is granted for the decided purpose alone', () => {
    const state = (consent: string[] | undefined, decidedPurpose?: string) =>
      consentState('advertising', { consent, decidedPurpose });
    expect(state(['advertising', 'analytics'])).toBe('granted');
    expect([state([]), state(['analytics'], 'advertising')]).toEqual(['denied', 'denied']);
    expect([state(undefined), state(undefined, 'analytics')]).toEqual(['unknown', 'unknown']);
    expect(state(undefined, 'advertising')).toBe('granted');
  });

  it('reaches the batch, is part of its digest, and is kept of no removal', () => {
    const closed = (consent?: string[], isRemoval = false) => {
      const window = new TextWindow();
      window.push('a', isRemoval, consent);
      const seen: unknown[] = [];
      const changes = window.close();
      changes.forEach((...row) => void seen.push(row));
      return { seen, sha256: changes.sha256 };
    };
    expect(closed(['b', 'a', 'b']).seen).toEqual([['a', false, ['a', 'b']]]);
    expect(closed(['a'], true).seen).toEqual([['a', true, undefined]]);
    const digests = [closed(), closed([]), closed(['a']), closed(['a', 'b']), closed(['a'], true)];
    expect(new Set(digests.map(({ sha256 }) => sha256)).size).toBe(5);
    expect(closed(['a', 'b']).sha256).toBe(closed(['b', 'a']).sha256);
  });
});

describe('the place of a batch', () => {
  const rules = {
    checkRow: () => undefined,
    rowBytes: () => 1,
    maxRows: 2,
    maxBytes: 1_000,
    idForm: 'text',
    inSessions: true,
  } as const;
  const placesOf = async (changes: { id: string; change: 'add' | 'remove' }[], inSessions = true) => {
    const places: (BatchPlace | undefined)[] = [];
    const batches: AsyncIterable<Batch> = batchChanges(inBatches(changes), rules);
    for await (const { place } of placed(batches, inSessions)) places.push(place);
    return places;
  };
  const rows = (change: 'add' | 'remove', ...ids: string[]) => ids.map((id) => ({ id, change }));

  it('counts removals and additions apart and knows the last of each', async () => {
    const places = await placesOf([...rows('remove', 'a', 'b', 'c'), ...rows('add', 'd', 'e')]);
    expect(places).toEqual([
      { removed: { session: 0, sequence: 1, isLast: false }, added: undefined },
      { removed: { session: 0, sequence: 2, isLast: true }, added: { session: 0, sequence: 1, isLast: false } },
      { removed: undefined, added: { session: 0, sequence: 2, isLast: true } },
    ]);
  });

  it('opens another session for removals that come late, and is not counted where nobody asks', async () => {
    const late = await placesOf([...rows('remove', 'a', 'b'), ...rows('add', 'c', 'd'), ...rows('remove', 'e', 'f')]);
    expect(late.map((place) => place?.removed)).toEqual([
      { session: 0, sequence: 1, isLast: true },
      undefined,
      { session: 1, sequence: 1, isLast: true },
    ]);
    expect(await placesOf(rows('add', 'a', 'b', 'c'), false)).toEqual([undefined, undefined]);
  });
});
