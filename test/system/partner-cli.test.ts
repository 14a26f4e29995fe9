// Rules of the built command line, run as a partner runs it: sizes, exit codes, hostile files, Ctrl-C, and nothing said of a person.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytes, emailDigest, folder, hash, phoneDigest, program, run, SALT, SCHEMA } from './partner-program.ts';

describe('the file', () => {
  test('is below 1 MB, executable and begins with a shebang', () => {
    expect(bytes).toBeLessThan(1_000_000);
    expect(statSync(program).mode & 0o111).toBe(0o111);
    expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  // 0.3 s is six bare starts of Node on the machines we know; seconds alone would tell how busy the machine is.
  test('starts within six bare starts of Node', () => {
    const fastest = (start: () => void): number =>
      Math.min(
        ...Array.from({ length: 5 }, () => {
          const started = performance.now();
          start();
          return performance.now() - started;
        }),
      );
    const bare = fastest(() => spawnSync(process.execPath, ['-e', '0']));
    expect(fastest(() => run(['--version'])) / bare).toBeLessThan(6);
  });

  test('shows the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(run(['--version']).stdout).toBe(`${version}\n`);
  });
});

describe('hash', () => {
  test('keeps columns and their order and puts digests in place of identifiers', () => {
    const made = hash(
      'id,email,phone,city\r\n1,Jane.Doe+x@GoogleMail.com,06 39 98 12 34,Paris\r\n\r\n2,,+44 20 7946 0958,"Aix, en ""P"""\r\n',
    );
    expect(made.status).toBe(0);
    expect(made.output).toBe(
      `id,email,phone,city\n1,${emailDigest('janedoe@gmail.com')},${phoneDigest('+33639981234')},Paris\n2,,${phoneDigest('+442079460958')},"Aix, en ""P"""\n`,
    );
    expect(made.rejects).toBe('row,field,code\n');
    expect(made.json).toMatchObject({ received: 2, accepted: 2, rejected: {}, blanked: {} });
  });

  test('blanks what is no identifier, leaves out rows without any, and lists row, field and code', () => {
    const made = hash(
      'id,email,phone,city\n1,bad,0639981234,x\n2,bad,,x\n3,a@b.fr\n4,a@b.fr,,jane@example.com\n5,a@b.fr,0000000000,\n',
    );
    expect(made.status).toBe(3);
    expect(made.rejects).toBe(
      'row,field,code\n1,email,malformed\n2,email,malformed\n2,,no_identifier\n3,,column_count\n4,city,cleartext_identifier\n5,phone,placeholder\n',
    );
    expect(made.output.split('\n').map((line) => line.split(',')[0])).toEqual(['id', '1', '5', '']);
    expect(made.json).toMatchObject({
      received: 5,
      accepted: 2,
      rejected: { no_identifier: 1, column_count: 1, cleartext_identifier: 1 },
    });
  });

  test('reads a byte order mark, semicolons, other column orders, gzip and Zstandard', () => {
    const plain = Buffer.from('\u{feff}email;city;id;phone\na@b.fr;Paris;1;\n');
    for (const csv of [plain, gzipSync(plain), zstdCompressSync(plain)]) {
      expect(hash(csv).output).toBe(`email,city,id,phone\n${emailDigest('a@b.fr')},Paris,1,\n`);
    }
  });

  test('takes a huge field, and data that looks like a formula as data', () => {
    const huge = 'x'.repeat(3_000_000);
    const made = hash(`id,email,phone,city\n=1+1,a@b.fr,,"${huge}\n${huge}"\n2,c@d.fr,,@SUM(A1)\n`);
    expect(made.status).toBe(0);
    expect(made.output).toContain(
      `=1+1,${emailDigest('a@b.fr')},,"${huge}\n${huge}"\n2,${emailDigest('c@d.fr')},,@SUM(A1)\n`,
    );
  });

  test('numbers rows over all chunks and threads, and the output is the same with any number of threads', () => {
    const lines = Array.from(
      { length: 40_000 },
      (_, at) => `${at + 1},p${at + 1}@example.com,${at % 1000 === 999 ? '123' : ''},"a\n""b"""`,
    );
    lines[29_999] = '30000,,,';
    const csv = `id,email,phone,city\n${lines.join('\n')}\n`;
    const one = hash(csv, '--workers', '1');
    const three = hash(csv, '--workers', '3');
    expect(one.output).toBe(three.output);
    expect(one.rejects).toBe(three.rejects);
    expect(one.json).toMatchObject({ received: 40_000, accepted: 39_999, blanked: { phone: { impossible: 39 } } });
    expect(one.rejects).toContain('30000,,no_identifier\n');
    expect(one.rejects).toContain('17000,phone,impossible\n');
  });

  test('writes to standard output what it writes to a file', () => {
    const csv = 'id,email,phone,city\n1,a@b.fr,,x\n';
    const piped = run(['hash', '-', '--schema', 'schema.json'], { input: csv, env: { ECLUSE_SALT: SALT } });
    expect(piped.status).toBe(0);
    expect(piped.stdout).toBe(hash(csv).output);
    expect(piped.stderr).toContain('1 rows received');
  });
});

describe('a compressed file is read to its end', () => {
  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('%s of several members', (_, compress) => {
    const members = ['id,email,phone,city\n1,a@b.fr,,x\n', '2,c@d.fr,,y\n', '3,e@f.fr,,z\n'];
    const made = hash(Buffer.concat(members.map((text) => compress(Buffer.from(text)))));
    expect(made.json).toMatchObject({ received: 3, accepted: 3 });
  });
});

describe('a run that cannot end well leaves nothing behind and says why', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'file_empty'],
    ['a missing column', 'id,email,phone\n1,a@b.fr,\n', 'column_missing'],
    ['an unknown column', 'id,email,phone,city,name\n1,a@b.fr,,x,Jane\n', 'column_unknown'],
    ['a doubled column', 'id,email,phone,city,city\n1,a@b.fr,,x,x\n', 'column_duplicate'],
    ['a quote left open', 'id,email,phone,city\n1,a@b.fr,,"x\n2,c@d.fr,,y\n', 'quote_unclosed'],
    ['Latin-1', Buffer.from('id,email,phone,city\n1,a@b.fr,,x\n2,c@d.fr,,Orl\xe9ans\n', 'latin1'), 'encoding_invalid'],
    ['UTF-16', Buffer.from('\u{feff}id,email,phone,city\n1,a@b.fr,,x\n', 'utf16le'), 'encoding_invalid'],
    [
      'a truncated gzip',
      gzipSync(`id,email,phone,city\n${'1,a@b.fr,,x\n'.repeat(9_999)}`).subarray(0, 200),
      'compression_truncated',
    ],
  ])('%s', (_, csv, code) => {
    const made = hash(csv);
    expect(made.status).toBe(1);
    expect(made.json).toMatchObject({ error: { code } });
    expect(readdirSync(folder).sort()).toEqual(['crm.csv', 'salt.txt', 'schema.json']);
    expect(made.stdout + made.stderr).not.toMatch(/a@b\.fr|Jane/);
  });

  test('a wrong encoding tells its row', () => {
    const csv = Buffer.from('id,email,phone,city\n1,a@b.fr,,x\n2,c@d.fr,,Orl\xe9ans\n', 'latin1');
    expect(hash(csv).json).toMatchObject({ error: { row: 2 } });
  });

  test('a bad schema tells every spot', () => {
    writeFileSync(
      join(folder, 'schema.json'),
      '{"name":"x","colums":1,"columns":{"email":{"role":"identifier","type":"mail"}}}',
    );
    const made = hash('email\na@b.fr\n');
    expect(made.status).toBe(1);
    expect(made.json).toMatchObject({
      error: { code: 'schema_invalid', issues: [{ pointer: '/colums' }, { pointer: '/columns/email/type' }] },
    });
  });
});

describe('usage errors exit with 2', () => {
  test.each([
    [['hash']],
    [['hash', 'crm.csv']],
    [['hash', 'crm.csv', '--schema', 'schema.json']],
    [['hash', 'crm.csv', '--schema', 'schema.json', '--salt', 'x']],
    [['hash', 'crm.csv', '--schema', 'schema.json', '--salt-file', 'salt.txt', '--progress', 'loud']],
    [['hash', 'crm.csv', '--schema', 'schema.json', '--salt-file', 'salt.txt', '--workers', '0']],
    [['hash', 'crm.csv', '--schema', 'schema.json', '--salt-file', 'salt.txt', '-o', 'crm.csv']],
    [['hash', '--explain', 'mail']],
    [['preview']],
    [['upload', 'x.csv', '--dataset', 'nonsense', '--url', 'http://127.0.0.1:9']],
    [['verify', 'x.tlog-proof']],
    [['frobnicate']],
  ])('%j', (args) => {
    writeFileSync(join(folder, 'crm.csv'), 'id,email,phone,city\n1,a@b.fr,,x\n');
    const plain = run(args);
    expect(plain).toMatchObject({ status: 2, stdout: '' });
    expect(plain.stderr).not.toBe('');
    const json = run([...args, '--json']);
    expect(json.status).toBe(2);
    expect(JSON.parse(json.stdout)).toHaveProperty('error.message');
  });
});

test('hash --explain shows every step from raw to digest, and why a value is refused', () => {
  const explained = run(['hash', '--explain', 'email', '--json', '--salt-file', 'salt.txt'], {
    input: ' Jane.Doe+x@Gmail.com\n',
  });
  expect(explained.status).toBe(0);
  expect(JSON.parse(explained.stdout)).toMatchObject({
    normalised: 'janedoe@gmail.com',
    digest: emailDigest('janedoe@gmail.com'),
  });
  const refused = run(['hash', '--explain', 'phone', '--default-country', 'FR', '--json'], { input: '0000000000' });
  expect(refused.status).toBe(3);
  expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, code: 'placeholder' });
});

test('preview shows the first 20 rows as column, type, normalised and 8 digits, and writes nothing', () => {
  writeFileSync(join(folder, 'crm.csv'), `id,email,phone,city\n${'1,Jane@Example.com,,x\n'.repeat(30)}`);
  const shown = run(['preview', 'crm.csv', '--schema', 'schema.json', '--salt-file', 'salt.txt', '--json']);
  const { rows, cells } = JSON.parse(shown.stdout);
  expect(rows).toBe(20);
  expect(cells).toContainEqual({
    row: 20,
    column: 'email',
    type: 'email',
    normalised: 'jane@example.com',
    digest: emailDigest('jane@example.com').slice(0, 8),
  });
  expect(readdirSync(folder)).toHaveLength(3);
});

test('keygen writes a private key for its owner alone and overwrites none', () => {
  expect(run(['keygen', '-o', 'egress']).status).toBe(0);
  expect(statSync(join(folder, 'egress.private.json')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'egress.public.json'), 'utf8')).not.toContain('privateKey');
  expect(run(['keygen', '-o', 'egress', '--json']).status).toBe(1);
});

test('a column that is left out does not get into the hashed file, nor into the preview', () => {
  const csv = 'name,id,email,phone,city\nAda,1,ada@example.org,,Paris\n';
  expect(hash(csv).json).toMatchObject({ error: { code: 'column_unknown' } });
  const made = hash(csv, '--leave-out', 'name');
  expect(made.status).toBe(0);
  expect(made.output).toBe(`id,email,phone,city\n1,${emailDigest('ada@example.org')},,Paris\n`);
  const shown = run([
    'preview',
    'crm.csv',
    '--schema',
    'schema.json',
    '--salt-file',
    'salt.txt',
    '--leave-out',
    'name',
  ]);
  expect(shown.stdout).not.toContain('Ada');
});

test('platform digests leave sealed, with the sealed file key beside the file', () => {
  const columns = {
    email: SCHEMA.columns.email,
    meta: { role: 'activation-id', type: 'platform-digest', profile: 'meta@2026-06' },
  };
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({ name: 'x', columns }));
  expect(hash('email,meta\na@b.fr,a@b.fr\n').status).toBe(2);
  run(['keygen', '-o', 'egress']);
  const made = hash('email,meta\na@b.fr,a@b.fr\nc@d.fr,\n', '--egress-key', 'egress.public.json');
  expect(made.status).toBe(0);
  expect(made.output).toMatch(/,sealed1\.[A-Za-z0-9_-]{139}\n[0-9a-f]{64},\n$/);
  expect(JSON.parse(readFileSync(join(folder, 'out.csv.key.json'), 'utf8'))).toMatchObject({ version: 1 });
});

test('Ctrl-C ends with 130 and leaves no half-written file', async () => {
  const path = join(folder, 'crm.csv');
  const file = createWriteStream(path);
  file.write('id,email,phone,city\n');
  for (let at = 0; at < 40; at++) file.write('1,jane@example.com,0639981234,x\n'.repeat(30_000));
  file.end();
  await once(file, 'finish');
  const args = [
    program,
    'hash',
    'crm.csv',
    '--schema',
    'schema.json',
    '--salt-file',
    'salt.txt',
    '-o',
    'out.csv',
    '--progress',
    'plain',
  ];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  await once(child.stderr!, 'data');
  child.kill('SIGINT');
  const [status] = await once(child, 'exit');
  expect(status).toBe(130);
  expect(readdirSync(folder).sort()).toEqual(['crm.csv', 'salt.txt', 'schema.json']);
});
