// Columns of consent strings: each distinct string is decoded once and kept beside the version; malformed ones are kept as such, and
// rows with them stay. Several records, and several columns, come to one class of a person.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetSchema } from '../identifiers/dataset-schema.ts';
import { writeTcString } from './consent-strings/testing/tc-string-writer.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { found } from './erase/erase-fixture.ts';
import type { ErasureScope } from './erase/erasure.ts';
import { dropErasureTables } from './erase/erasure-tables.ts';
import { eraseFoundPersons, findPersonsToErase } from './erase.ts';
import { ConsentStringColumn } from './kernel/consent-string-column.ts';
import { encryptBlocks } from './kernel/rekey.ts';
import { MAX_STRINGS_OF_PERSON } from './limits.ts';
import { digestOf, idOf, loadFile, TENANT_KEY, uploadOf, withScratch } from './load-fixture.ts';
import { viewPersons } from './person-view/person-view.ts';
import { readStoredConsent } from './stored-consent.ts';

const schemaOf = (consents: DatasetSchema['columns']): DatasetSchema => ({
  name: 'asked',
  columns: { id: { role: 'record-id' }, email: { role: 'identifier', type: 'email' }, ...consents },
});
const TCF_SCHEMA = schemaOf({ tc: { role: 'consent', kind: 'tcf' } });
const YES = writeTcString({ created: '2026-03-05T00:00:00Z', consents: [1, 2, 3, 4], vendorConsents: [32] });
const NO = writeTcString({ created: '2026-03-05T00:00:00Z' });
const ERASURE = idOf('del', '1');
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
  async function findAll(versions: ErasureScope['versions'], ids: readonly string[]): Promise<ErasureScope> {
    const scope = { erasure: ERASURE, versions, contributions: [], matches: [], audiences: [], suppressionLists: [] };
    const named = ids.map((id) => ({
      key: encryptBlocks(TENANT_KEY, Buffer.from(digestOf(id).slice(0, 32), 'hex')),
      dataset: undefined,
    }));
    const wanted = { ...scope, untold: [] };
    await withScratch((scratchDir) => findPersonsToErase(engine, { scope: wanted, named, maxPersons: 10, scratchDir }));
    return wanted;
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

  test('a person of more different strings than anybody writes is silent', async () => {
    const one = digestOf('many');
    const strings = Array.from({ length: MAX_STRINGS_OF_PERSON + 1 }, (_, n) =>
      writeTcString({ created: new Date(Date.UTC(2026, 2, 1 + n)).toISOString(), consents: [1, 2, 3, 4] }),
    );
    const rows = strings.map((text, n) => `r${n},${one},${text}`);
    expect((await load(TCF_SCHEMA, rows)).said).toEqual([[]]);
    const held = (await load(TCF_SCHEMA, rows.slice(1))).said;
    expect(held.map((sources) => sources?.length)).toEqual([MAX_STRINGS_OF_PERSON]);
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

  test('two columns of strings come through an upsert and are told to their person', async () => {
    const schema = schemaOf({ tc: { role: 'consent', kind: 'tcf' }, usp: { role: 'consent', kind: 'us-privacy' } });
    const first = await load(schema, [row('a', YES, '1YNN'), row('b', NO, ''), row('c', '', '1YYN')]);
    const next = await load(schema, [row('b', NO, '1YNN')], { mode: 'upsert', previousVersion: first.version });
    const kinds = next.said.map((sources) => sources?.map((one) => (one.kind === 'us-privacy' ? one.text : one.kind)));
    expect(kinds).toEqual([['tcf', '1YNN'], ['tcf', '1YNN'], ['1YYN']]);
    const versions = [{ version: next.version, dataset: idOf('dts', '1'), recordIdPlace: 0 }];
    await findAll(versions, ['a', 'b', 'c']);
    const [at] = versions as [(typeof versions)[0]];
    const told = await viewPersons(engine, { access: ERASURE, at, schema, named: [], maxRecords: 5 });
    expect(told.flatMap(({ records }) => records).toSorted((a, b) => (String(a.usp) < String(b.usp) ? -1 : 1))).toEqual(
      expect.arrayContaining([
        { tc: YES, usp: '1YNN' },
        { tc: NO, usp: '1YNN' },
        { tc: null, usp: '1YYN' },
      ]),
    );
    await dropErasureTables(engine, ERASURE);
  });

  test('whoever is erased takes a string along that nobody else has', async () => {
    const { version } = await load(TCF_SCHEMA, [row('a', YES), row('b', ONCE), row('c', YES)]);
    const scope = await findAll([{ version, dataset: idOf('dts', '1'), recordIdPlace: 0 }], ['b']);
    const vendors = [...(await readStoredConsent(engine, version))].flatMap(([, sources]) =>
      sources.flatMap((one) => (one.kind === 'tcf' && one.facts?.consents.includes(7) ? one.facts.vendorConsents : [])),
    );
    const needles = [ONCE, ...vendors].map((text) => Buffer.from(text));
    expect(vendors).toHaveLength(1);
    const texts = async () =>
      (await engine.query<{ text: string }>(`SELECT text FROM ${version}_strings ORDER BY text`)).map(
        ({ text }) => text,
      );
    expect(await texts()).toEqual([ONCE, YES].toSorted());
    await eraseFoundPersons(engine, scope);
    await dropErasureTables(engine, scope.erasure);
    expect(await texts()).toEqual([YES]);
    expect(await found(opened.dataDirs, needles)).toEqual([]);
    const stored = await readStoredConsent(engine, version);
    expect(stored.size).toBe(1);
    const next = await load(TCF_SCHEMA, [row('d', NO)], { mode: 'upsert', previousVersion: version });
    expect(next.said.map((sources) => sources?.length)).toEqual([1, 1, 1]);
  });

  test('an email address in a consent column fails the load as anywhere', async () => {
    await expect(load(TCF_SCHEMA, [row('a', 'jane@example.com')])).rejects.toMatchObject({
      code: 'cleartext_identifier',
    });
  });
});

test('a column takes so many distinct strings and no more, whatever was in the cells before', () => {
  const column = new ConsentStringColumn('tc', 'tcf', { maxStrings: 2, maxBytes: 1_000 });
  column.stage(5);
  const read = (text: string) => column.read(Buffer.from(text), 0, text.length, 0);
  for (const text of ['one', '', 'two', 'one']) expect(read(text)).toBeUndefined();
  expect(() => read('three')).toThrowError(expect.objectContaining({ code: 'consent_limit', field: 'tc' }));
  const narrow = new ConsentStringColumn('tc', 'tcf', { maxStrings: 9, maxBytes: 5 });
  narrow.stage(5);
  narrow.read(Buffer.from('one'), 0, 3, 0);
  expect(() => narrow.read(Buffer.from('three'), 0, 5, 0)).toThrowError(
    expect.objectContaining({ code: 'consent_limit' }),
  );
});
