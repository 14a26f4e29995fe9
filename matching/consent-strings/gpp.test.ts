// GPP strings section by section; a section that nobody here understands makes the whole unreadable.
import { GppModel } from '@iabgpp/cmpapi';
import { describe, expect, it } from 'vitest';
import { decodeGpp } from './gpp.ts';
import { writeTcString } from './testing/tc-string-writer.ts';

function written(fields: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const model = new GppModel();
  for (const [section, values] of Object.entries(fields)) {
    for (const [field, value] of Object.entries(
      section.startsWith('us') ? { MspaCoveredTransaction: 2, ...values } : values,
    )) {
      model.setFieldValue(section, field, value);
    }
  }
  return model.encode();
}

const TOLD = { SaleOptOutNotice: 1, SaleOptOut: 2 };

describe('a GPP string', () => {
  it('of the specification has a TC string and a US Privacy string', () => {
    // Global Privacy Platform, Core/Consent String Specification.
    const facts = decodeGpp('DBACNY~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA~1YNN');
    expect(facts).toMatchObject({ tcf: { policyVersion: 2 }, usPrivacy: '1YNN', us: [] });
  });

  it('tells notices, opt-outs, children and Global Privacy Control of the national section', () => {
    const usnat = {
      ...TOLD,
      SharingOptOutNotice: 1,
      SharingOptOut: 1,
      TargetedAdvertisingOptOutNotice: 1,
      TargetedAdvertisingOptOut: 2,
      KnownChildSensitiveDataConsents: [0, 1, 0],
      PersonalDataConsents: 2,
      Gpc: true,
    };
    expect(decodeGpp(written({ usnat }))?.us).toEqual([
      { notices: [0, 1, 1, 1], optOuts: [2, 1, 2], children: [0, 1, 0], gpc: true, personalData: 2 },
    ]);
  });

  it.each([
    'usca',
    'usva',
    'usco',
    'usut',
    'usct',
    'usfl',
    'usmt',
    'usor',
    'ustx',
    'usde',
    'usia',
    'usne',
    'usnh',
    'usnj',
  ])('tells the opt-out of the section %s', (state) => {
    const of = (optOut: number) => decodeGpp(written({ [state]: { SaleOptOutNotice: 1, SaleOptOut: optOut } }))?.us[0];
    expect(of(1)?.optOuts).toContain(1);
    expect(of(2)?.optOuts).not.toContain(1);
  });

  it('keeps every section, each as a source of its own', () => {
    const text = written({ usnat: TOLD, usca: { SaleOptOutNotice: 1, SaleOptOut: 1 } });
    expect(decodeGpp(text)?.us.map(({ optOuts }) => optOuts.includes(1))).toEqual([false, true]);
  });

  it('with a TC string of today keeps its disclosed vendors', () => {
    const tc = writeTcString({ created: '2026-03-05T00:00:00Z', vendorConsents: [32], disclosedVendors: [32] });
    expect(decodeGpp(`DBABMA~${tc}`)?.tcf?.disclosedVendors).toBe('AAAAAQ');
  });

  it.each([
    ['nothing', ''],
    ['no string at all', 'garbage'],
    ['a header without its section', 'DBABL~'],
    ['a section cut short', 'DBABL~BVV'],
    ['a section more than the header says', 'DBABLA~BVQqAAAAAQA.QA~1YNN'],
    ['a malformed TC string', 'DBABMA~CPXxRfAPX'],
    ['the Canadian section, which nobody here reads', written({ tcfcav1: { CmpId: 10 } })],
  ])('of %s is malformed', (_, text) => {
    expect(decodeGpp(text)).toBeUndefined();
  });
});
