// A removal by its own decision lets nobody in, and a request to erase is answered with what really became of it.
import { describe, expect, it } from 'vitest';
import { loadPolicySet } from '../../policies/decide.ts';
import { recordedDecision, release, unreleased } from '../../policies/release.ts';
import { removalRequest } from '../../policies/removal.ts';
import type { ActivationChange } from './activation-change.ts';
import type { Batch } from './batches.ts';
import { FakeClock } from './conformance-world.ts';
import { type Destination, defineDestination } from './define-destination.ts';
import { deliver } from './deliver.ts';
import { startProgress } from './progress.ts';
import type { Erasure } from './report.ts';

const allowed = recordedDecision(
  loadPolicySet().decide(removalRequest({ destinationKind: 'xandr', audienceId: 'aud', reason: 'erased' })),
  'evt_00000000000000000000000000',
);

interface Platform {
  readonly supportsRemoval?: boolean;
  readonly answers?: readonly (Erasure | undefined)[];
}

/** A platform that takes everything, notes it, and answers each batch as told. */
function destinationOf({ supportsRemoval = true, answers = [] }: Platform, sent: Batch[]): Destination {
  return defineDestination({
    kind: 'sample',
    title: 'Sample',
    description: 'Sample',
    authentication: 'none',
    settingFields: {},
    credentialFields: {},
    acceptedIdTypes: ['customer'],
    limits: { maxRowsPerBatch: 2, maxBytesPerBatch: 1_000, minIntervalMs: 0, pollIntervalMs: 1, maxPollMs: 1 },
    removal: { supported: supportsRemoval, semantics: '', erasure: '' },
    consentFields: [],
    checkSettings: () => [],
    idTypes: () => ['customer'],
    hosts: () => [],
    batchRules: () => ({
      checkRow: () => undefined,
      rowBytes: () => 1,
      maxRows: 2,
      maxBytes: 1_000,
      idForm: 'text' as const,
    }),
    client: () => ({
      async send(batch: Batch) {
        const erasure = answers[sent.length];
        sent.push(batch);
        return { state: 'taken' as const, rejected: {}, ...(erasure === undefined ? {} : { erasure }) };
      },
      async test() {},
    }),
  });
}

async function remove(changes: readonly ActivationChange[], platform: Platform = {}) {
  const sent: Batch[] = [];
  const stream = unreleased({
    async *[Symbol.asyncIterator]() {
      yield [...changes];
    },
  });
  const report = await deliver(destinationOf(platform, sent), {
    settings: {},
    credentials: {},
    changes: release(stream, allowed),
    progress: startProgress({ deliveryId: 'rmv_00000000000000000000000000', startedAtMs: 0 }),
    network: {},
    clock: new FakeClock(),
    random: () => 0.5,
    signal: new AbortController().signal,
    save: async () => {},
  });
  return { report, sent };
}

const erasure = (id: string): ActivationChange => ({ id, change: 'remove', erase: true });
const removal = (id: string): ActivationChange => ({ id, change: 'remove' });

describe('a removal', () => {
  it('needs no release of an audience, and lets nobody in', async () => {
    expect((await remove([removal('a')])).report).toMatchObject({ status: 'delivered', removed: 1 });
    const { report, sent } = await remove([removal('a'), { id: 'b', change: 'add' }]);
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'unreleased' } });
    expect(sent).toEqual([]);
  });

  it('says nothing of erasure when none was asked for', async () => {
    expect((await remove([removal('a')])).report.erasure).toBeUndefined();
  });
});

describe('an erasure', () => {
  it('never shares a batch with a plain removal', async () => {
    const { sent } = await remove([removal('a'), erasure('b'), erasure('c'), removal('d')]);
    expect(sent.map(({ erase, removed }) => [erase, removed])).toEqual([
      [false, 1],
      [true, 2],
      [false, 1],
    ]);
  });

  it('that the platform does not speak of has only removed', async () => {
    expect((await remove([erasure('a')])).report.erasure).toBe('removed_only');
  });

  it('is erased only when every batch was', async () => {
    const ids = ['a', 'b', 'c'].map(erasure);
    expect((await remove(ids, { answers: ['erased', 'erased'] })).report.erasure).toBe('erased');
    expect((await remove(ids, { answers: ['erased', undefined] })).report.erasure).toBe('removed_only');
  });

  it('of a platform that takes nobody out is unsupported, whatever it answers', async () => {
    const { report } = await remove([erasure('a')], { supportsRemoval: false, answers: ['erased'] });
    expect(report.erasure).toBe('unsupported');
  });
});
