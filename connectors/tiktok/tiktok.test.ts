// TikTok's destination against a server that speaks audience mapping, and its calls against fixtures.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import { describeListConformance, digestAt } from '../customer-list/conformance-list.ts';
import { idFault } from '../customer-list/id-kind.ts';
import { SANDBOX_KEY } from '../customer-list/sandbox-ground.ts';
import { AuthenticationError, PermanentError, ThrottledError } from '../kit/errors.ts';
import { checkFields } from '../kit/settings.ts';
import { tiktok } from './destination.ts';
import { tiktokProtocol } from './payload.ts';
import { startTiktokSandbox } from './sandbox.ts';
import { settingFields, type TiktokSettings } from './settings.ts';

const LIST = { advertiser_id: '7011', audience_id: '555' };

describeListConformance({
  destination: tiktok,
  list: '555',
  start: startTiktokSandbox,
  settings: ({ url }) => ({ api_url: url, ...LIST, data_type: 'email', ids_per_call: 30 }),
  credentials: { access_token: SANDBOX_KEY },
  rowCode: '20001',
  invalidSettings: [
    { change: { advertiser_id: undefined }, pointer: '/settings/advertiser_id' },
    { change: { audience_id: 'a list' }, pointer: '/settings/audience_id' },
    { change: { data_type: 'customer' }, pointer: '/settings/data_type' },
    { change: { ids_per_call: 10_001 }, pointer: '/settings/ids_per_call' },
  ],
});

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const protocolOf = (data_type: string) =>
  tiktokProtocol(checkFields(settingFields, { ...LIST, data_type }).values as unknown as TiktokSettings);
const row = (id: string) => ({ id, consent: undefined });

describe('a call to TikTok', () => {
  // ads.tiktok.com, Customer File audiences: the example of janedoe@gmail.com.
  const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';

  it.each([
    ['add-email', 'email', JANE, false],
    ['delete-email', 'email', JANE, true],
    ['add-idfa', 'idfa', 'AEBE52E7-03EE-455A-B3C4-E57283966239', false],
  ] as const)('is that of %s', (name, data_type, id, isRemoval) => {
    expect(protocolOf(data_type).change({ isRemoval, rows: [row(id)] }).body).toEqual(fixture(name));
  });

  it('carries the digest of the platform: lower case, and neither dots nor tags taken away', () => {
    const digest = (email: string) => platformDigest({ name: 'tiktok@2026-06', kind: 'email' }, email, {});
    expect(digest(' JaneDoe@Gmail.com')).toEqual({ ok: true, digest: JANE });
    // Cloudy.SanFrancisco+shopping@gmail.com, trimmed and in lower case.
    const cloudy = { ok: true, digest: '8dd4a9bf850242873c14976125edabc35096192b784626a5641a7d2de56e3c1e' };
    expect(digest('Cloudy.SanFrancisco+shopping@gmail.com')).toEqual(cloudy);
    expect(digest('jane.doe@gmail.com')).not.toEqual(digest('janedoe@gmail.com'));
  });

  it('holds no id that only contains a digest, and none sealed for another platform', () => {
    for (const id of [`x${digestAt(1)}`, `${digestAt(1)}\n`, `${digestAt(1)} `]) {
      expect(idFault(id, 'email')).toBe('digest_malformed');
    }
    const accepts = (profile: string) => tiktok.acceptsProfile?.({ data_type: 'phone' } as TiktokSettings, profile);
    expect(['tiktok@2026-06/phone', 'tiktok@2026-06', 'snap@2026-06/phone'].map(accepts)).toEqual([true, false, false]);
  });
});

describe('an answer of status 200', () => {
  const refusal = (code: number) => protocolOf('email').refusal({ status: 200, body: { code, message: 'x@y.z' } });

  it('is judged by its code', () => {
    expect(refusal(0)).toBeUndefined();
    expect(refusal(40133)).toBeInstanceOf(ThrottledError);
    expect(refusal(40105)).toMatchObject({ code: 'authentication' });
    expect(refusal(40105)).not.toBeInstanceOf(AuthenticationError);
    for (const code of [40000, 40001, 40002, 40007]) expect(refusal(code)).toBeInstanceOf(PermanentError);
    expect(refusal(40002)?.message).not.toContain('x@y.z');
  });
});
