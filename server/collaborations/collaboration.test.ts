// The life-cycle as pure functions: whatever members do in whatever order, the rules of membership hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accept,
  acceptedMembers,
  addMember,
  assertEndsLater,
  type Collaboration,
  DEFAULT_TERMS,
  decline,
  end,
  expire,
  invite,
  isActive,
  isOverdue,
  isVisibleTo,
  leave,
} from './collaboration.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const LATER = '2026-07-01T00:00:00.000Z';

const draft = (...others: string[]): Collaboration => ({
  id: 'col',
  name: 'Coats',
  status: 'draft',
  ownerTenantId: 'a',
  region: 'eu',
  members: [
    { tenantId: 'a', alias: 'a', status: 'accepted', decidedAt: NOW },
    ...others.map((tenantId) => ({ tenantId, alias: tenantId, status: 'invited' as const, decidedAt: null })),
  ],
  terms: DEFAULT_TERMS,
  createdAt: NOW,
  endedAt: null,
});
const invited = (...others: string[]) => invite(draft(...others));
const active = () => accept(accept(invited('b', 'c'), 'b', NOW), 'c', NOW);
const until = (collaboration: Collaboration, endsAt: string) => ({
  ...collaboration,
  terms: { ...collaboration.terms, endsAt },
});

describe('a collaboration', () => {
  it('is active when the last member accepts, and not before', () => {
    const half = accept(invited('b', 'c'), 'b', NOW);
    expect(half.status).toBe('invited');
    expect(accept(half, 'c', NOW).status).toBe('active');
  });

  it('is active when the last undecided member declines and two remain', () => {
    expect(decline(accept(invited('b', 'c'), 'b', NOW), 'c', NOW).status).toBe('active');
  });

  it('ends when one member remains', () => {
    expect(decline(invited('b'), 'b', NOW)).toMatchObject({ status: 'ended', endedAt: NOW });
    expect(leave(leave(active(), 'b', NOW), 'c', NOW)).toMatchObject({ status: 'ended', endedAt: NOW });
  });

  it('is ended for all by its owner alone', () => {
    expect(end(active(), 'a', NOW).status).toBe('ended');
    expect(() => end(active(), 'b', NOW)).toThrow('state_conflict');
    expect(() => end(end(active(), 'a', NOW), 'a', NOW)).toThrow('state_conflict');
  });

  it('is over at its end date to the millisecond, swept or not', () => {
    const dated = until(active(), LATER);
    expect(isActive(dated, '2026-06-30T23:59:59.999Z')).toBe(true);
    expect(isActive(dated, LATER)).toBe(false);
    expect(isOverdue(dated, LATER)).toBe(true);
    expect(expire(dated, LATER)).toMatchObject({ status: 'ended', endedAt: LATER });
    expect(() => expire(dated, NOW)).toThrow('state_conflict');
    expect(() => expire(expire(dated, LATER), LATER)).toThrow('state_conflict');
  });

  it('is not joined after its end date', () => {
    expect(() => accept(until(invited('b'), NOW), 'b', NOW)).toThrow('state_conflict');
  });

  it('has an end date that lies ahead, or none', () => {
    expect(() => assertEndsLater({ ...DEFAULT_TERMS, endsAt: NOW }, NOW)).toThrow('request_invalid');
    expect(() => assertEndsLater({ ...DEFAULT_TERMS, endsAt: LATER }, NOW)).not.toThrow();
    expect(() => assertEndsLater(DEFAULT_TERMS, NOW)).not.toThrow();
  });

  it('takes a new member under a free alias, and one that left again', () => {
    expect(() => addMember(active(), { tenantId: 'd', alias: 'b' })).toThrow('conflict');
    expect(() => addMember(active(), { tenantId: 'b', alias: 'd' })).toThrow('conflict');
    const again = addMember(leave(active(), 'b', NOW), { tenantId: 'b', alias: 'b' });
    expect(again.members.filter(({ tenantId }) => tenantId === 'b')).toEqual([
      { tenantId: 'b', alias: 'b', status: 'invited', decidedAt: null },
    ]);
  });
});

describe('whatever members do', () => {
  const steps = { invite, accept, decline, leave, end };
  const move = fc.record({
    verb: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
    who: fc.constantFrom('a', 'b', 'c', 'd'),
  });

  it('active means that two or more have accepted and nobody is undecided; ended stays ended; who left sees nothing', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
        let current = draft('b', 'c', 'd');
        for (const { verb, who } of moves) {
          const before = current;
          current = attempt(before, (c) => (verb === 'invite' ? invite(c) : steps[verb](c, who, NOW)));
          if (before.status === 'ended') expect(current).toBe(before);
          if (current.status === 'active') {
            expect(acceptedMembers(current).length).toBeGreaterThanOrEqual(2);
            expect(current.members.some(({ status }) => status === 'invited')).toBe(false);
          }
          expect(current.endedAt !== null).toBe(current.status === 'ended');
          for (const { tenantId, status } of current.members) {
            if (status === 'left') expect(isVisibleTo(current, tenantId)).toBe(false);
          }
          expect(isVisibleTo(current, 'stranger')).toBe(false);
        }
      }),
    );
  });
});

/** A step that is refused changes nothing. */
function attempt(before: Collaboration, step: (collaboration: Collaboration) => Collaboration): Collaboration {
  try {
    return step(before);
  } catch (error) {
    expect((error as { code?: string }).code).toMatch(/conflict$/);
    return before;
  }
}
