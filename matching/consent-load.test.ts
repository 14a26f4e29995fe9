// Columns of consent strings: each distinct string is decoded once and kept beside the version; malformed ones are kept as such, and
// rows with them stay. Several records, and several columns, come to one class of a person.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { writeTcString } from './consent-strings/testing/tc-string-writer.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { found } from './erase/erase-fixture.ts';
import { digestOf, idOf, loadFile, uploadOf } from './load-fixture.ts';
import { readStoredConsent } from './stored-consent.ts';

const schemaOf = (consents: DatasetSchema['columns']): DatasetSchema => ({
  name: 'asked',
  columns: { id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' }, ...consents },
});
const TCF_SCHEMA = schemaOf({ tc: { role: 'consent', kind: 'tcf' } });
const YES = writeTcString({ created: '2026-03-05T00:00:00Z', consents: [1, 2, 3, 4], vendorConsents: [32] });
const NO = writeTcString({ created: '2026-03-05T00:00:00Z' });
const ONCE = writeTcString({ created: '2026-04-01T00:00:00Z', consents: [1, 7], vendorConsents: [77] });

describe.each(ENGINE_KINDS)('a load into the %s engine', { timeout: 60_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  let count = 0;
  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  afterAll(() => opened.close());

  async function load(schema: DatasetSchema, rows: readonly string[], also: object = {}) {
    const version = idOf('dsv', String(++count));
    const text = [Object.keys(schema.columns).join(','), ...rows].join('\n');
    const { outcome, rejects } = await loadFile(engine, uploadOf(text), { version, schema, ...also });
    const classes = await engine.query<{ consent_class: number }>(
      `SELECT consent_class FROM ${version}_people ORDER BY person`,
    );
    const stored = await readStoredConsent(engine, version);
    return { version, outcome, rejects, said: classes.map((row) => stored.get(row.consent_class)), stored };
  }
  const row = (id: string, ...cells: string[]) => [id, digestOf(id), ...cells].join(',');

  test('each distinct string stands once, an empty cell is silence, a malformed one is kept as malformed', async () => {
    const rows = [row('a', YES), row('b', NO), row('c', YES), row('d', ''), row('e', 'no-tc-string')];
    const { said, stored, outcome, rejects } = await load(TCF_SCHEMA, rows);
    expect([outcome.accepted, rejects, outcome.consentClasses]).toEqual([5, [], []]);
    expect(stored.size).toBe(4);
    expect(said[0]).toMatchObject([{ kind: 'tcf', facts: { consents: [1, 2, 3, 4], policyVersion: 5 } }]);
    expect(said[2]).toEqual(said[0]);
    expect(said[1]).toMatchObject([{ kind: 'tcf', facts: { consents: [] } }]);
    expect(said[3]).toEqual([]);
    expect(said[4]).toEqual([{ kind: 'tcf', facts: null }]);
  });

  test('a person of several records has the strings of all, and is silent where one of them is', async () => {
    const one = digestOf('shared');
    const both = await load(TCF_SCHEMA, [`a,${one},${YES}`, `b,${one},${NO}`, `c,${one},${YES}`]);
    expect(both.said.map((sources) => sources?.length)).toEqual([2]);
    const silent = await load(TCF_SCHEMA, [`a,${one},${YES}`, `b,${one},`]);
    expect(silent.said).toEqual([[]]);
  });

  test('columns of several kinds are sources beside each other', async () => {
    const schema = schemaOf({
      tc: { role: 'consent', kind: 'tcf' },
      usp: { role: 'consent', kind: 'us-privacy', destinations: ['xandr'] },
      words: { role: 'consent', kind: 'purposes' },
    });
    const { said } = await load(schema, [
      row('a', YES, '1YNN', 'advertising@xandr'),
      row('b', '', '1YYN', ''),
      row('c', '', '', ''),
    ]);
    expect(said.map((sources) => sources?.map((one) => one.kind))).toEqual([
      ['tcf', 'us-privacy', 'purposes'],
      ['us-privacy'],
      [],
    ]);
    expect(said[1]).toEqual([{ kind: 'us-privacy', text: '1YYN' }]);
  });

  test('an upsert keeps the strings of the rows that it leaves', async () => {
    const first = await load(TCF_SCHEMA, [row('a', YES), row('b', NO)]);
    const next = await load(TCF_SCHEMA, [row('b', YES)], { mode: 'upsert', previousVersion: first.version });
    expect(next.said.map((sources) => sources?.map((one) => one.kind === 'tcf' && one.facts?.consents.length))).toEqual(
      [[4], [4]],
    );
  });

  test('a string that only a rejected row held is in no table and in no file', async () => {
    const rows = [row('a', YES), `a,${digestOf('another')},${ONCE}`];
    const { stored, outcome } = await load(TCF_SCHEMA, rows);
    expect([outcome.accepted, outcome.rejected]).toEqual([1, { record_id_duplicate: 1 }]);
    expect(stored.size).toBe(1);
    expect(await found(opened.dataDirs, [Buffer.from(ONCE)])).toEqual([]);
  });

  test('an email address in a consent column fails the load as anywhere', async () => {
    await expect(load(TCF_SCHEMA, [row('a', 'jane@example.com')])).rejects.toMatchObject({
      code: 'cleartext_identifier',
    });
  });
});
