// Rows against fixtures named by their case, the vectors of Meta's SDK, sessions, and answers read from recordings.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import type { ActivationChange } from '../kit/activation-change.ts';
import { type Batch, batchChanges } from '../kit/batches.ts';
import { inBatches } from '../kit/conformance-world.ts';
import { formatMember } from '../kit/member.ts';
import { checkFields } from '../kit/settings.ts';
import { invalidEntries, readMetaAnswer } from './answers.ts';
import { meta } from './destination.ts';
import { batchRules, payloadOf, rowsOf, sessionOf } from './payload.ts';
import { type MetaSettings, settingFields } from './settings.ts';

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const digestOf = (kind: 'email' | 'phone', raw: string): string => {
  const made = platformDigest({ name: 'meta@2026-06', kind }, raw, {});
  return made.ok ? made.digest : made.code;
};
const EMAIL = digestOf('email', '  Test@Example.com ');
const PHONE = digestOf('phone', '+1 (650) 555-1212');
const TEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const settingsWith = (changed: Record<string, unknown>): MetaSettings =>
  checkFields(settingFields, { audience_id: '4711', ...changed }).values as never;
async function batchOf(settings: MetaSettings, changes: ActivationChange[]): Promise<Batch> {
  for await (const batch of batchChanges(inBatches(changes), batchRules(settings))) return batch;
  throw new Error('no batch');
}

describe('a row', () => {
  const keyed = formatMember({ customer: ['abc123def'], 'given-name': [TEST], email: [TEST], 'family-name': [TEST] });
  it.each([
    ['email', { data_type: 'email' }, EMAIL],
    ['phone', { data_type: 'phone' }, PHONE],
    ['mobile-advertising-id', { data_type: 'mobile-advertising-id' }, 'AEBE52E7-03EE-455A-B3C4-E57283966239'],
    ['external-id', { data_type: 'external-id' }, 'abc123def'],
    ['email-limited-data-use', { data_type: 'email', limited_data_use: true }, EMAIL],
    ['multi-key', { data_type: 'member', member_keys: ['EXTERN_ID', 'FN', 'EMAIL', 'LN'] }, keyed],
    [
      'multi-key-blanks',
      { data_type: 'member', member_keys: ['EMAIL', 'PHONE', 'ZIP'] },
      formatMember({ email: [EMAIL, TEST], phone: [PHONE] }),
    ],
  ])('is written as in %s', async (name, changed, id) => {
    const settings = settingsWith(changed);
    const { added } = rowsOf(await batchOf(settings, [{ id, change: 'add' }]), settings, undefined);
    expect(payloadOf(settings, added, 'add')).toEqual(fixture(name));
  });

  it('to remove has the same keys, without options', async () => {
    const settings = settingsWith({ data_type: 'email', limited_data_use: true });
    const { removed } = rowsOf(await batchOf(settings, [{ id: EMAIL, change: 'remove' }]), settings, undefined);
    expect(payloadOf(settings, removed, 'remove')).toEqual(fixture('email'));
  });

  it.each([
    ['email', 'test@example.com', 'digest_malformed'],
    ['email', Buffer.from(EMAIL, 'hex').toString('base64'), 'digest_malformed'],
    ['phone', '16505551212', 'digest_malformed'],
    ['mobile-advertising-id', '00000000-0000-0000-0000-000000000000', 'id_invalid'],
    ['external-id', 'a b', 'id_invalid'],
    ['member', EMAIL, 'member_malformed'],
    ['member', formatMember({ email: ['test'] }), 'digest_malformed'],
    ['member', formatMember({ email: [EMAIL], city: [TEST] }), 'field_not_accepted'],
    ['member', formatMember({ email: ['a', 'b', 'c', 'd'].map(digest) }), 'too_many_identifiers'],
  ])('of %s as %s is left out: %s', (data_type, id, code) => {
    expect(batchRules(settingsWith({ data_type })).checkRow(id)?.rowCode).toBe(code);
  });

  it('of a person who did not agree is withheld, and of one nobody knows about when consent is claimed', async () => {
    const changes: ActivationChange[] = [
      { id: 'a', change: 'add', consent: ['advertising'] },
      { id: 'b', change: 'add', consent: ['analytics'] },
      { id: 'c', change: 'add' },
    ];
    const rows = async (customer_consent: string, purpose?: string) => {
      const settings = settingsWith({ data_type: 'external-id', customer_consent });
      return rowsOf(await batchOf(settings, changes), settings, purpose);
    };
    expect((await rows('omit')).withheld).toEqual({ consent_denied: 1, consent_missing: 0 });
    expect((await rows('send')).withheld).toEqual({ consent_denied: 1, consent_missing: 1 });
    expect((await rows('send', 'advertising')).added).toEqual([['a'], ['c']]);
  });

  it('of all keys and values stays within the rows of a call', () => {
    expect(batchRules(settingsWith({ data_type: 'member' })).maxRows * 3).toBeLessThanOrEqual(10_000);
  });
});

describe('digests', () => {
  it("are Meta's own: no dots dropped, no plus before a number", () => {
    expect(PHONE).toBe('e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176');
    expect(digestOf('phone', '00919876543210')).toBe(digest('919876543210'));
    expect(digestOf('phone', '+44 20 7946 0958')).toBe(digest('442079460958'));
    expect(digestOf('email', 'Cloudy.SanFrancisco+shopping@gmail.com')).toBe(
      '8dd4a9bf850242873c14976125edabc35096192b784626a5641a7d2de56e3c1e',
    );
  });

  it('are taken from columns sealed for Meta and for this kind of value alone', () => {
    const takes = (data_type: string, profile: string) => meta.acceptsProfile?.(settingsWith({ data_type }), profile);
    expect([takes('email', 'meta@2026-06'), takes('phone', 'meta@2026-06/phone')]).toEqual([true, true]);
    expect([takes('phone', 'meta@2026-06'), takes('email', 'google@2026-06')]).toEqual([false, false]);
    // A member holds the digests of its keys and no others.
    expect([takes('member', 'meta@2026-06/phone'), takes('member', 'meta@2026-06/city')]).toEqual([true, false]);
  });
});

describe('a session', () => {
  const place = { session: 0, sequence: 2, isLast: false };
  const of = { deliveryId: 'dlv_1', kind: 'add', form: 'numbered' } as const;
  it('has one name for a delivery, a safe number, and another for removals and for other deliveries', () => {
    const [added, again, removed, other] = [
      sessionOf(place, of),
      sessionOf({ ...place, sequence: 3, isLast: true }, of),
      sessionOf(place, { ...of, kind: 'remove' }),
      sessionOf(place, { ...of, deliveryId: 'dlv_2' }),
    ];
    expect(added).toEqual({ session_id: again?.session_id, batch_seq: 2, last_batch_flag: false });
    expect(Number.isSafeInteger(added?.session_id)).toBe(true);
    expect(new Set([added, removed, other].map((one) => one?.session_id)).size).toBe(3);
  });

  it('is numbered or named alone, as the setting says; of a replacement always numbered', () => {
    expect(Object.keys(sessionOf(place, { ...of, form: 'id' }))).toEqual(['session_id']);
    expect(sessionOf(place, { ...of, kind: 'replace', form: 'id' })).toMatchObject({ batch_seq: 2 });
  });
});

describe('an answer', () => {
  it('with invalid entries counts them all, under codes of ours and never in the words of the platform', () => {
    const counts = invalidEntries(fixture('answer-partial'));
    expect(counts).toEqual({ empty_external_id: 1, invalid_entry: 2 });
    expect(invalidEntries({ num_invalid_entries: 0, invalid_entry_samples: {} })).toEqual({});
  });

  const thrown = (body: unknown, status = 400, headers = {}) => {
    try {
      readMetaAnswer({ status, headers, body: Buffer.from(JSON.stringify(body)) }, 0);
    } catch (error) {
      return error as Error & { retryAfterMs?: number };
    }
    throw new Error('no error');
  };
  it.each([
    ...[1, 2, 341, 368, 5000, 21009].map((code) => [code, 'RetryableError'] as const),
    ...[4, 17, 80003].map((code) => [code, 'ThrottledError'] as const),
    [190, 'AuthenticationError'] as const,
    ...[100, 3, 105, 200, 294, 2650, 2655, 1487301, 1487366, 33].map((code) => [code, 'PermanentError'] as const),
  ])('with error %d is a %s', (code, name) => {
    expect(thrown({ error: { code, message: 'x@example.com' } })).toMatchObject({ name });
    expect(thrown({ error: { code, message: 'x@example.com' } }).message).not.toContain('x@example.com');
  });

  it('that asks for patience says for how long in its usage header, in minutes', () => {
    const uses = [{ estimated_time_to_regain_access: 0 }, { estimated_time_to_regain_access: 7 }];
    const headers = { 'x-business-use-case-usage': JSON.stringify({ '1': uses }) };
    expect(thrown({ error: { code: 17 } }, 400, headers).retryAfterMs).toBe(420_000);
    expect(thrown({ error: { code: 17 } }, 400, { 'x-business-use-case-usage': '<' }).retryAfterMs).toBeUndefined();
  });

  it('of a flagged audience is final', () => {
    expect(thrown(fixture('answer-upload-blocked'))).toMatchObject({ name: 'PermanentError', code: 'rejected' });
  });
});
