// The ZIP of an evidence pack verifies as it is: both programs find and name every byte of it that was changed, those of the
// container included, and everything that was cut off, added, doubled, left out or put elsewhere.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PackFiles, zipOf } from '../../server/evidence/pack-file.ts';
import { smallPackFiles, writeZip, type ZipEntry } from './small-pack.ts';

const VERIFIERS = fileURLToPath(new URL('../../server/evidence/verifiers/', import.meta.url));
const PROGRAMS = { node: ['verify.mjs', process.execPath], python: ['verify.py', 'python3'] } as const;
const folder = mkdtempSync(join(tmpdir(), 'ecluse-evidence-zip-'));
const RANDOM_FLIPS = 300;
const LOCAL_BYTES = 30;
const DIRECTORY_BYTES = 46;
const END_BYTES = 22;

interface Flip {
  readonly at: number;
  readonly bit: number;
}

let files: PackFiles;
let entries: ZipEntry[];
let zip: Buffer;
/** Of each byte: the entry, or the end record, that a finding has to name. */
let owners: string[];
let isContainer: boolean[];
let verifyPack: (from: Uint8Array) => { ok: boolean; findings: string[] };

beforeAll(async () => {
  files = await smallPackFiles();
  entries = [...files]
    .map(([name, content]) => ({ name, content: Buffer.from(content) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  zip = Buffer.from(zipOf(files));
  const spans = [
    ...entries.flatMap(({ name, content }) => [
      { name, bytes: LOCAL_BYTES + name.length, isContainer: true },
      { name, bytes: content.length, isContainer: false },
    ]),
    ...entries.map(({ name }) => ({ name, bytes: DIRECTORY_BYTES + name.length, isContainer: true })),
    { name: 'end record', bytes: END_BYTES, isContainer: true },
  ];
  owners = spans.flatMap(({ name, bytes }) => Array<string>(bytes).fill(name));
  isContainer = spans.flatMap((span) => Array<boolean>(span.bytes).fill(span.isContainer));
  ({ verifyPack } = await import(join(VERIFIERS, 'verify.mjs')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function flipped({ at, bit }: Flip): Buffer {
  const changed = Buffer.from(zip);
  changed[at] = changed[at]! ^ (1 << bit);
  return changed;
}

/** The program in a process of its own, as a person starts it. */
function verify(program: keyof typeof PROGRAMS, bytes: Uint8Array) {
  const [file, interpreter] = PROGRAMS[program];
  const path = join(folder, `${program}.zip`);
  writeFileSync(path, bytes);
  const { status, stdout, stderr } = spawnSync(interpreter, [join(VERIFIERS, file), path], { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

/** Many flips in one process of Python: it takes longer to start than to verify. */
const PYTHON_FLIPS = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from verify import Pack
whole = open(sys.argv[2], "rb").read()
answers = []
for flip in json.load(sys.stdin):
    data = bytearray(whole)
    data[flip["at"]] ^= 1 << flip["bit"]
    open(sys.argv[3], "wb").write(data)
    pack = Pack(sys.argv[3], [], None)
    answers.append({"ok": pack.verify(), "findings": pack.findings})
json.dump(answers, sys.stdout)
`;

function verifyFlipsInPython(flips: readonly Flip[]): { ok: boolean; findings: string[] }[] {
  const [whole, changed] = [join(folder, 'whole.zip'), join(folder, 'changed.zip')];
  writeFileSync(whole, zip);
  const input = JSON.stringify(flips);
  const { stdout, stderr } = spawnSync('python3', ['-c', PYTHON_FLIPS, VERIFIERS, whole, changed], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const isFound = ({ at }: Flip, { ok, findings }: { ok: boolean; findings: string[] }) =>
  !ok && findings.some((finding) => finding.includes(owners[at]!));

test('the ZIP of a pack has one form: another writer makes the same bytes', () => {
  expect(Buffer.compare(zip, writeZip(entries))).toBe(0);
  expect(owners.length).toBe(zip.length);
});

test('node: every byte of the ZIP, changed by one bit, is found and named; every bit of the container', () => {
  expect(verifyPack(zip)).toMatchObject({ ok: true, findings: [] });
  const flips = owners.flatMap((_, at) =>
    isContainer[at] ? Array.from({ length: 8 }, (_, bit) => ({ at, bit })) : [{ at, bit: at % 8 }],
  );
  const missed = flips.filter((flip) => !isFound(flip, verifyPack(flipped(flip))));
  expect(missed.map((flip) => [flip, owners[flip.at], verifyPack(flipped(flip))])).toEqual([]);
});

test('python: hundreds of random flips, and every byte of one header of each kind, are found and named', () => {
  const second = owners.lastIndexOf(entries[0]!.name) + 1;
  const whole = [
    ...range(owners.indexOf(entries[1]!.name), LOCAL_BYTES + entries[1]!.name.length),
    ...range(second, DIRECTORY_BYTES + entries[1]!.name.length),
    ...range(zip.length - END_BYTES, END_BYTES),
  ];
  const random = Array.from({ length: RANDOM_FLIPS }, () => randomInt(zip.length));
  const flips = [...whole, ...random].map((at) => ({ at, bit: randomInt(8) }));
  const answers = verifyFlipsInPython(flips);
  expect(answers.length).toBe(flips.length);
  const missed = flips
    .map((flip, i) => ({ flip, answer: answers[i]! }))
    .filter(({ flip, answer }) => !isFound(flip, answer));
  expect(missed.map(({ flip, answer }) => [flip, owners[flip.at], answer])).toEqual([]);
});

const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i);

/** What was done to a ZIP, and what a finding has to name. Everything that can be made consistent is. */
const TAMPERED: [what: string, make: () => Uint8Array, named: RegExp][] = [
  ['nothing in it', () => new Uint8Array(), /ZIP/],
  ['something else', () => Buffer.from('no ZIP at all, whatever its name says'), /ZIP/],
  ['one byte cut off', () => zip.subarray(0, -1), /ZIP/],
  ['the end record cut off', () => zip.subarray(0, -END_BYTES), /ZIP/],
  ['cut off in an entry', () => zip.subarray(0, 700), /ZIP/],
  ['a byte appended', () => Buffer.concat([zip, Buffer.of(0)]), /end record/],
  ['a second ZIP appended', () => Buffer.concat([zip, writeZip(entries.slice(0, 1))]), /ZIP/],
  [
    'bytes before the first entry',
    () => writeZip(withFirst({ before: Buffer.from('#!/bin/sh\n') })),
    /the ZIP|checkpoints\/1\.checkpoint/,
  ],
  [
    'bytes between two entries',
    () => writeZip(entries.with(2, { ...entries[2]!, before: Buffer.of(0) })),
    /checkpoints\/3\.checkpoint|consistency\/1-3\.proof/,
  ],
  [
    'two entries swapped',
    () => writeZip([entries[1]!, entries[0]!, ...entries.slice(2)]),
    /checkpoints\/1\.checkpoint/,
  ],
  ['an entry twice', () => writeZip([entries[0]!, ...entries]), /checkpoints\/1\.checkpoint/],
  ['an entry added', () => writeZip([...entries, entryOf('zzz.html', 'x')]), /zzz\.html/],
  ['an empty folder added', () => writeZip([...entries, entryOf('zzz/', '')]), /zzz\//],
  ['a way out of the folder', () => writeZip([entryOf('../up.html', 'x'), ...entries]), /\.\.\/up\.html/],
  ['a comment of an entry', () => zipSync(zippable({ comment: 'hello' })), /index\.html/],
  ['an extra field of an entry', () => zipSync(zippable({ extra: { 28789: Buffer.of(1) } })), /index\.html/],
  ['another time of an entry', () => zipSync(zippable({ mtime: new Date(1999, 3, 2) })), /index\.html/],
  ['other rights of an entry', () => zipSync(zippable({ attrs: 0o777 << 16, os: 3 })), /index\.html/],
  ['a name that speaks to the terminal', () => writeZip([...entries, entryOf('zz\x1b[2J', '')]), /zz\\x1b\[2J/],
];

const entryOf = (name: string, content: string): ZipEntry => ({ name, content: Buffer.from(content) });
const withFirst = (more: Partial<ZipEntry>) => entries.with(0, { ...entries[0]!, ...more });

/** Written by a library, with something else at one entry. */
function zippable(atIndex: object, ofAll: object = { level: 0, mtime: new Date(1980, 0, 1) }) {
  return Object.fromEntries(
    entries.map(({ name, content }) => [name, [content, { ...ofAll, ...(name === 'index.html' ? atIndex : {}) }]]),
  ) as unknown as Parameters<typeof zipSync>[0];
}

describe.each(['node', 'python'] as const)('%s, started on a ZIP', (program) => {
  test('a whole one verifies, and its bytes are said to have been looked at', () => {
    const { status, text } = verify(program, zip);
    expect([status, text]).toEqual([0, expect.stringContaining('every byte of the ZIP')]);
  });

  test.each(TAMPERED)('%s: is found and named', (_, make, named) => {
    const { status, text } = verify(program, make());
    expect([status, text]).toEqual([1, expect.stringMatching(named)]);
    expect(text).toContain('NOT verified');
    expect(text).not.toMatch(/Traceback|^\s+at .*:\d+:\d+/m);
    expect(text).not.toContain('\x1b');
  });

  test('any entry that is left out, and any that holds another content under a right checksum, is named', () => {
    for (const [i, { name, content }] of entries.entries()) {
      const without = verify(program, writeZip(entries.toSpliced(i, 1)));
      expect([without.status, without.text]).toEqual([1, expect.stringContaining(`${name}: is missing`)]);
      const other = Buffer.concat([content.subarray(0, -1), Buffer.of((content.at(-1) ?? 0) ^ 1)]);
      const changed = verify(program, writeZip(entries.with(i, { name, content: other })));
      expect([changed.status, changed.text]).toEqual([1, expect.stringContaining(name)]);
    }
  });

  test('a compressed ZIP of an earlier version is told to be unpacked, and verifies as a folder', () => {
    const { status, text } = verify(program, zipSync(zippable({}, { level: 6, mtime: new Date(1980, 0, 1) })));
    expect([status, text]).toEqual([1, expect.stringContaining('unpack the ZIP and verify the folder')]);
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    for (const [name, content] of files) {
      mkdirSync(dirname(join(unpacked, name)), { recursive: true });
      writeFileSync(join(unpacked, name), content);
    }
    const [file, interpreter] = PROGRAMS[program];
    const ended = spawnSync(interpreter, [join(VERIFIERS, file), unpacked], { encoding: 'utf8' });
    expect([ended.status, ended.stderr], ended.stdout).toEqual([0, '']);
  });
});
