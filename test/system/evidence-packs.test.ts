// Evidence packs verify by both programs, in processes of their own, and any changed byte of any file is found and named by both.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierKeyOf, verifierKeyText } from '../../audit/note-key.ts';
import { openVictim, type Victim } from '../isolation-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-evidence-'));
const PROGRAMS = { node: ['verify.mjs', process.execPath], python: ['verify.py', 'python3'] } as const;
let victim: Victim;
let pack: string;
/** As it came, by the folder that it was unpacked into. */
const zips = new Map<string, string>();
const officer = 'osec.compliance-officer';

beforeAll(async () => {
  victim = await openVictim();
  pack = await unpacked({ kind: 'collaboration', collaboration_id: victim.ids.collaboration_id });
}, 240_000);
afterAll(async () => {
  await victim?.world.close();
  rmSync(folder, { recursive: true, force: true });
});

async function packed(body: object, who = officer): Promise<{ status: number; bytes: Uint8Array }> {
  const headers = {
    authorization: `Bearer ${victim.world.secretOf(who)}`,
    'content-type': 'application/json',
    // A test that waits for a program is deaf meanwhile, and would next write to a connection that was closed as idle.
    connection: 'close',
  };
  const url = `${victim.world.url}/v1/evidence-packs`;
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

async function unpacked(body: object): Promise<string> {
  const { status, bytes } = await packed(body);
  expect(status, Buffer.from(bytes).toString('utf8').slice(0, 500)).toBe(200);
  const to = mkdtempSync(join(folder, 'pack-'));
  for (const [path, content] of Object.entries(unzipSync(bytes))) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), content);
  }
  zips.set(to, `${to}.zip`);
  writeFileSync(`${to}.zip`, bytes);
  return to;
}

function filesOf(of: string, at = of): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    return entry.isDirectory() ? filesOf(of, path) : [relative(of, path)];
  });
}

/** The program that was shipped, from an untouched pack, on this folder. */
function verify(program: keyof typeof PROGRAMS, of: string, ...flags: string[]) {
  const [file, interpreter] = PROGRAMS[program];
  const { status, stdout, stderr } = spawnSync(interpreter, [join(pack, file), of, ...flags], { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

const logKey = () => readFileSync(join(pack, 'keys/log.vkey'), 'utf8').trim();

describe.each(['node', 'python'] as const)('%s', (program) => {
  test('a pack verifies, with its own keys and with those that were known before', () => {
    expect(verify(program, pack)).toMatchObject({ status: 0, text: expect.stringContaining('COMPARE') });
    expect(verify(program, pack, '--key', logKey())).toMatchObject({ status: 0 });
    const zipped = verify(program, zips.get(pack)!, '--key', logKey());
    expect([zipped.status, zipped.text]).toEqual([0, expect.stringContaining('every byte of the ZIP')]);
  });

  test('a pack of every other kind verifies', async () => {
    const now = Date.now();
    const [since, until] = [now - 3_600_000, now + 3_600_000].map((ms) => new Date(ms).toISOString());
    for (const body of [
      { kind: 'period', since, until },
      { kind: 'delivery', delivery_id: victim.ids.delivery_id },
      { kind: 'person-request', deletion_request_id: victim.ids.deletion_request_id },
      { kind: 'person-request', access_request_id: victim.ids.access_request_id },
    ]) {
      const folder = await unpacked(body);
      for (const from of [folder, zips.get(folder)!]) {
        const made = verify(program, from);
        expect(made, made.text).toMatchObject({ status: 0 });
      }
    }
  });

  test('a byte changed in any file, the first, the last or one between, is found and the file named', () => {
    const tampered = join(folder, `tampered-${program}`);
    cpSync(pack, tampered, { recursive: true });
    for (const file of filesOf(pack)) {
      const bytes = readFileSync(join(pack, file));
      // Proofs between trees of one size are empty: there is no byte to change, and one to add.
      const places = bytes.length === 0 ? [0] : [0, Math.floor(bytes.length / 3), bytes.length - 1];
      for (const at of places) {
        const changed = Buffer.from(bytes.length === 0 ? [65] : bytes);
        if (bytes.length > 0) changed[at] = changed[at]! ^ 1;
        writeFileSync(join(tampered, file), changed);
        const { status, text } = verify(program, tampered, '--key', logKey());
        expect([file, at, status]).toEqual([file, at, 1]);
        expect(text).toContain(file);
      }
      writeFileSync(join(tampered, file), bytes);
    }
    expect(verify(program, tampered)).toMatchObject({ status: 0 });
  });

  test('a file that is missing or was added is named', () => {
    const other = join(folder, `other-${program}`);
    cpSync(pack, other, { recursive: true });
    rmSync(join(other, 'records.html'));
    writeFileSync(join(other, 'more.html'), 'more');
    const { status, text } = verify(program, other);
    expect(status).toBe(1);
    expect(text).toContain('records.html: is missing');
    expect(text).toContain('more.html: does not belong to the pack');
  });

  test('a manifest that says of its files what cannot be is named, and the program does not break on it', () => {
    const broken = join(folder, `broken-${program}`);
    cpSync(pack, broken, { recursive: true });
    const text = readFileSync(join(pack, 'manifest.json'), 'utf8');
    const manifests = [
      text.replace('"files"', '"filez"'),
      text.replace(/"files":\{.*?\}\}/s, '"files":[]'),
      text.replace('"bytes"', '"bytez"'),
      text.replace(/"sha256":"[0-9a-f]+"/, '"sha256":null'),
      text.replace('"log"', '"lag"'),
      `${text}\n`,
      'null',
      '',
    ];
    for (const changed of manifests) {
      expect(changed).not.toBe(text);
      writeFileSync(join(broken, 'manifest.json'), changed);
      const ended = verify(program, broken, '--key', logKey());
      expect(ended.status, changed).toBe(1);
      expect(ended.text).toMatch(/^(✘ {4}|FAIL )manifest\.(json|tlog-proof): .*/m);
      expect(ended.text).toContain('manifest.json');
      expect(ended.text).toContain('NOT verified');
    }
  });

  test('another key, and a quorum that is not there, are refused', async () => {
    const foreign = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    expect(verify(program, pack, '--key', foreign)).toMatchObject({ status: 1 });
    const policy = join(folder, 'strict.policy');
    const signer = { name: 'witness.example/w', secretKey: new Uint8Array(32).fill(5) };
    const witness = verifierKeyText(await verifierKeyOf(signer, 'cosignature'));
    writeFileSync(policy, `log ${logKey()}\nwitness w ${witness}\nquorum w\n`);
    const { status, text } = verify(program, pack, '--policy', policy);
    expect([status, text]).toEqual([1, expect.stringContaining('0 witnesses cosigned')]);
  });
});

test('a pack holds pages for people, and nothing of a credential or another tenant', async () => {
  const files = filesOf(pack);
  expect(files).toEqual(
    expect.arrayContaining(['index.html', 'events.html', 'records.html', 'policies.html', 'events.ndjson']),
  );
  const page = readFileSync(join(pack, 'index.html'), 'utf8');
  expect(page).toContain('@media print');
  expect(page).not.toContain('<script');
  const all = files.map((file) => readFileSync(join(pack, file), 'utf8')).join('\n');
  const lines = readFileSync(join(pack, 'events.ndjson'), 'utf8').trimEnd().split('\n');
  const tenants = new Set(lines.map((line) => JSON.parse(JSON.parse(line).leaf).tenantId));
  expect(tenants).toEqual(new Set([victim.world.names.get('osec')]));
  expect(all).not.toContain(victim.world.secretOf(officer));
  expect(statSync(join(pack, 'verify.mjs')).size).toBeGreaterThan(1000);
});

test('only an officer packs, and only what is the tenant’s', async () => {
  const body = { kind: 'delivery', delivery_id: victim.ids.delivery_id };
  for (const role of ['admin', 'analyst', 'data-engineer', 'connector'])
    expect((await packed(body, `osec.${role}`)).status).toBe(403);
  expect((await packed(body, 'stranger.compliance-officer')).status).toBe(404);
  expect((await packed({ kind: 'period', since: '2026-07-02T00:00:00Z', until: '2026-07-01T00:00:00Z' })).status).toBe(
    400,
  );
});

test('a pack of a person’s request has the request, its events and its deadline, and nothing of who asked', async () => {
  for (const [kind, event] of [
    ['deletion', 'deletion.requested'],
    ['access', 'access.requested'],
  ] as const) {
    const id = victim.ids[`${kind}_request_id`] ?? '';
    const folder = await unpacked({ kind: 'person-request', [`${kind}_request_id`]: id });
    const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8');
    expect(lines).toContain(event);
    const record = JSON.parse(readFileSync(join(folder, `records/${id}.json`), 'utf8'));
    expect(record).toMatchObject({ id, due_at: expect.any(String), named: { digests: 1, record_ids: 0 } });
    const whole = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join();
    expect(whole).not.toContain('d'.repeat(64));
  }
  const both = { deletion_request_id: victim.ids.deletion_request_id, access_request_id: victim.ids.access_request_id };
  expect((await packed({ kind: 'person-request', ...both })).status).toBe(400);
  expect((await packed({ kind: 'person-request' })).status).toBe(400);
});
