// A trial of policies over a whole history takes seconds, of a thread of its own: whoever else asks is answered meanwhile.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audienceRequest } from '../../policies/audience-release.ts';
import { findMadeSource } from '../../policies/decide.ts';
import { newId } from '../ids.ts';
import { openWorld, type World } from '../testing/world.ts';
import { MAX_PAST_DECISIONS } from './limits.ts';

const PAST = 1_200;
const K_100 = `@id("k-100") @title("At least 100 persons")
@reason("Our regulator asks for it.") @code("below_threshold")
forbid (principal, action in Action::"any release", resource) unless { context.persons >= 100 };`;

let world: World;
beforeAll(async () => {
  world = await openWorld(['osec']);
  await decideMuch();
});
afterAll(() => world.close());

/** Allowed releases of 60 persons and of 600 in turns, as they would have been recorded. */
async function decideMuch(): Promise<void> {
  const tenantId = world.names.get('osec') ?? '';
  const rule = {
    allowedAnalyses: [],
    filterAttributes: [],
    breakdownAttributes: [],
    activation: { allowed: true, destinations: ['file'], purposes: ['advertising'], approval: 'not-required' as const },
    privacyThreshold: 50,
  };
  const questionOf = (persons: number) =>
    JSON.stringify(
      audienceRequest({
        audienceId: 'aud',
        requestedBy: { memberId: 'ana', tenantId },
        persons,
        destinationKind: 'file',
        purpose: 'advertising',
        rules: [{ tenantId, rule }],
        approvals: [],
        collaborationStatus: 'own-dataset',
        instant: '2026-05-01T00:00:00.000Z',
      }),
    );
  const questions = [questionOf(60), questionOf(600)];
  const rows = Array.from({ length: PAST }, (_, n) => ({
    event_id: newId('evt'),
    tenant_id: tenantId,
    gate: 'audience:release',
    event: 'delivery.decided',
    subject_kind: 'delivery',
    subject_id: newId('dlv'),
    outcome: 'allow',
    question: questions[n % 2] as string,
    instant: '2026-05-01T00:00:00.000Z',
  }));
  await world.ground.db.knex.batchInsert('decision_questions', rows, 50);
}

const ask = (who: string, method: string, path: string, body?: unknown) => world.call({ who, method, path, body });

describe('a trial of policies', { timeout: 300_000 }, () => {
  it('reads the whole history, a page at a time, in a thread that decides for nobody else', async () => {
    const answer = await ask('operator', 'POST', '/v1/policy-checks', { text: K_100 });
    expect(PAST).toBeLessThan(MAX_PAST_DECISIONS);
    expect(answer.body.report.history).toMatchObject({ considered: PAST, withheld: PAST / 2, opened: 0 });
    // This process never made the set that was tried, so it decided nothing by it.
    expect(answer.body.set_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(findMadeSource(answer.body.set_hash)).toBeUndefined();
  });

  it('lets others be answered while it runs', async () => {
    let isTrying = true;
    const trial = ask('operator', 'POST', '/v1/policy-checks', { text: K_100 }).finally(() => {
      isTrying = false;
    });
    let answered = 0;
    while (isTrying) {
      const read = await ask('osec.analyst', 'GET', '/v1/policies');
      expect(read.status).toBe(200);
      if (isTrying) answered++;
    }
    expect((await trial).status).toBe(200);
    expect(answered).toBeGreaterThan(1);
  });

  it('is one after another, and each of them is told of its own change', async () => {
    const texts = [K_100, 'forbid (', K_100.replaceAll('100', '1000')];
    const answers = await Promise.all(texts.map((text) => ask('operator', 'POST', '/v1/policy-checks', { text })));
    expect(answers.map(({ status, body }) => [status, body.report?.history.withheld])).toEqual([
      [200, PAST / 2],
      [400, undefined],
      [200, PAST],
    ]);
  });
});
