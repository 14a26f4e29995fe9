// The SQL recipes of docs/salted-digests.md, taken from the page itself, give the digests that the command line gives.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Session } from 'chdb';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { type IdentifierType, normalise } from '../../identifiers/identifier.ts';
import { saltedDigest } from '../../identifiers/salted-digest.ts';
import emails from '../../identifiers/testdata/email.json' with { type: 'json' };
import opaque from '../../identifiers/testdata/opaque.json' with { type: 'json' };
import phones from '../../identifiers/testdata/phone.json' with { type: 'json' };
import digests from '../../identifiers/testdata/salted-digest.json' with { type: 'json' };
import { startPostgres } from './postgres.ts';

const PAGE = readFileSync(new URL('../../docs/salted-digests.md', import.meta.url), 'utf8');
const SALT = digests.salt;

type Column = 'email' | 'phone' | 'device' | 'customer';
const TYPES: Record<Column, IdentifierType> = {
  email: 'email',
  phone: 'phone',
  device: 'mobile-advertising-id',
  customer: 'customer',
};
const COLUMNS = Object.keys(TYPES) as Column[];
type Person = { record_id: number } & Record<Column, string | null>;

const PEOPLE = people();
const EXPECTED = PEOPLE.map((person) => ({
  record_id: person.record_id,
  ...Object.fromEntries(COLUMNS.map((column) => [column, digestOf(column, person[column])])),
}));

test('the page shows every warehouse once', () => {
  for (const name of ['Snowflake', 'BigQuery', 'PostgreSQL', 'ClickHouse', 'DuckDB'])
    expect(recipe(name)).toContain('people');
});

test('the vectors hold digests and blanks of every kind', () => {
  for (const column of COLUMNS) {
    const made = EXPECTED.map((row) => (row as Record<string, unknown>)[column]);
    expect(made.filter((digest) => digest !== null).length).toBeGreaterThan(1);
    expect(made).toContain(null);
  }
});

describe('the recipe gives the digests of the command line', () => {
  test('in PostgreSQL', async () => {
    const postgres = await startPostgres();
    const client = new pg.Client(postgres.url);
    try {
      await client.connect();
      await client.query('CREATE TABLE people (record_id int, email text, phone text, device text, customer text)');
      for (const { record_id, ...person } of PEOPLE) {
        const values = [record_id, ...COLUMNS.map((column) => person[column])];
        await client.query('INSERT INTO people VALUES ($1, $2, $3, $4, $5)', values);
      }
      await client.query("SELECT set_config('ecluse.salt', $1, false)", [SALT]);
      expect(inOrder((await client.query(recipe('PostgreSQL'))).rows)).toEqual(EXPECTED);
    } finally {
      await client.end();
      await postgres.stop();
    }
  });

  test('in DuckDB', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      'CREATE TABLE people (record_id INTEGER, email VARCHAR, phone VARCHAR, device VARCHAR, customer VARCHAR)',
    );
    for (const { record_id, ...person } of PEOPLE) {
      const values = [record_id, ...COLUMNS.map((column) => person[column])];
      await connection.run('INSERT INTO people VALUES ($1, $2, $3, $4, $5)', values);
    }
    await connection.run(`SET VARIABLE salt = '${SALT}'`);
    const rows = (await connection.runAndReadAll(recipe('DuckDB'))).getRowObjects();
    expect(inOrder(rows)).toEqual(EXPECTED);
    connection.closeSync();
  });

  test('in ClickHouse', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecluse-recipe-'));
    const session = new Session(folder);
    try {
      session.query('CREATE DATABASE recipes');
      session.query(
        'CREATE TABLE recipes.people (record_id UInt32, email Nullable(String), phone Nullable(String), device Nullable(String), customer Nullable(String)) ENGINE = Memory',
      );
      session.query(
        `INSERT INTO recipes.people FORMAT JSONEachRow ${PEOPLE.map((person) => JSON.stringify(person)).join('\n')}`,
      );
      session.query('USE recipes');
      const rows = JSON.parse(
        session.queryBind(`${recipe('ClickHouse').replace(/;$/, '')} FORMAT JSON`, { salt: SALT }),
      ) as { data: Person[] };
      expect(inOrder(rows.data)).toEqual(EXPECTED);
    } finally {
      session.cleanup();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function recipe(name: string): string {
  const found = new RegExp(`\\n## ${name}\\n[^]*?\`\`\`sql\\n([^]*?)\\n\`\`\``).exec(PAGE);
  if (found?.[1] === undefined) throw new Error(`no recipe for ${name}`);
  return found[1];
}

/** Vectors that SQL covers: ASCII addresses, numbers already in E.164, devices and customer keys. */
function people(): Person[] {
  const ascii = (text: string): boolean => /^[\t\r\n -~]*$/.test(text);
  const values: Record<Column, (string | null)[]> = {
    email: [...emails.accepted, ...emails.refused].map(({ raw }) => raw).filter(ascii),
    phone: [
      ...phones.accepted.map(({ normalised }) => normalised),
      ' +33639981234 ',
      '',
      'x',
      '+0123',
      '06 39 98 12 34',
    ],
    device: [...opaque.accepted, ...opaque.refused]
      .filter(({ type }) => type === 'mobile-advertising-id')
      .map(({ raw }) => raw),
    customer: [...digests.vectors.filter(({ type }) => type === 'customer').map(({ raw }) => raw), '', ' \t '],
  };
  // One repeated digit other than zero is a device the recipe does not know as a placeholder.
  values.device = values.device.filter((raw) => !/^f/i.test(raw ?? ''));
  for (const column of COLUMNS) values[column].push(null);
  const rows = Math.max(...COLUMNS.map((column) => values[column].length));
  return Array.from({ length: rows }, (_, index) => ({
    record_id: index + 1,
    email: values.email[index] ?? null,
    phone: values.phone[index] ?? null,
    device: values.device[index] ?? null,
    customer: values.customer[index] ?? null,
  }));
}

function digestOf(column: Column, raw: string | null): string | null {
  const normalised = normalise(TYPES[column], raw ?? '', {});
  return normalised.ok
    ? saltedDigest({ salt: SALT, type: TYPES[column], normalised: normalised.value.reveal() })
    : null;
}

function inOrder(rows: readonly object[]): object[] {
  const people = rows as Person[];
  return people.map((row) => ({ ...row, record_id: Number(row.record_id) })).sort((a, b) => a.record_id - b.record_id);
}
