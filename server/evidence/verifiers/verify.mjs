#!/usr/bin/env node
// Verifies an evidence pack offline: `node verify.mjs [ZIP or folder] [--key <verifier key>]... [--policy <file>]`. One file, Node alone.
// Everything in the pack may come from an attacker; trusted are only the keys given, or those in the pack once you have compared them.
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUTSIDE_MANIFEST = ['manifest.json', 'manifest.tlog-proof', 'manifest.consistency'];

/** A finding names the file first. */
class Finding extends Error {}

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHash = (leaf) => sha256(Buffer.of(0), leaf);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** `from`: the path of the ZIP or of its folder, or the ZIP's bytes. Answers {ok, findings, notes}; a finding is `file: what is wrong`. */
export function verifyPack(from, { keys = [], policy } = {}) {
  const findings = [];
  const notes = [];
  const attempt = (file, work) => {
    try {
      return work();
    } catch (error) {
      findings.push(`${file}: ${error instanceof Finding ? error.message : `cannot be read (${error.message})`}`);
      return undefined;
    }
  };
  const opened = attempt(typeof from === 'string' ? from : THE_ZIP, () => openPack(from));
  if (!opened) return { ok: false, findings, notes };
  const { read } = opened;
  findings.push(...opened.findings);
  if (!opened.isReadable) return { ok: false, findings, notes };
  if (opened.isZip && findings.length === 0)
    notes.push('every byte of the ZIP is a byte of its files, or as it has to be');
  const manifest = attempt('manifest.json', () => parseManifest(utf8(read('manifest.json'))));
  if (manifest) attempt('manifest.json', () => findings.push(...wrongFiles(opened, manifest)));
  const trust = attempt('keys/log.vkey', () => trustOf({ keys, policy, read }));
  if (!trust || !manifest) return { ok: false, findings, notes };
  notes.push(trust.note);
  attempt('manifest.tlog-proof', () => checkManifestProof({ read, trust, notes }));
  const checkpoints = new Map();
  for (const file of Object.keys(manifest.files).filter((name) => name.startsWith('checkpoints/')))
    attempt(file, () => checkpoints.set(file, openCheckpoint(utf8(read(file)), trust, 'log')));
  const packed = checkpoints.get(manifest.log?.checkpoint);
  if (packed === undefined) findings.push('manifest.json: the checkpoint of the pack is not in it');
  else {
    attempt(manifest.log.checkpoint, () => requireQuorum(packed, trust));
    attempt('events.ndjson', () => notes.push(`${checkEvents(read, packed, manifest)} events are in the signed log`));
    attempt('manifest.consistency', () => checkGrowth(read, packed, trust));
  }
  const bySize = new Map([...checkpoints.values()].map((checkpoint) => [checkpoint.size, checkpoint]));
  for (const file of Object.keys(manifest.files).filter((name) => name.startsWith('consistency/')))
    attempt(file, () => checkConsistencyFile(file, utf8(read(file)), bySize));
  for (const file of Object.keys(manifest.files).filter((name) => name.endsWith('.tlog-proof')))
    attempt(file, () => checkReceipt(file, utf8(read(file)), trust));
  for (const file of Object.keys(manifest.files).filter((name) => name.startsWith('policies/')))
    attempt(file, () => checkPolicySet(file, JSON.parse(utf8(read(file)))));
  return { ok: findings.length === 0, findings, notes };
}

function utf8(bytes) {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function parseManifest(text) {
  const manifest = JSON.parse(text);
  if (manifest.format !== 'ecluse-evidence/v1') throw new Finding('is not of the format ecluse-evidence/v1');
  const isFile = (said) => Number.isInteger(said?.bytes) && typeof said.sha256 === 'string';
  if (!isObject(manifest.files) || !Object.values(manifest.files).every(isFile))
    throw new Finding('does not say of each file its length and hash');
  return manifest;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function openPack(from) {
  if (typeof from !== 'string') return openZip(Buffer.from(from.buffer, from.byteOffset, from.byteLength));
  return statSync(from).isDirectory() ? openFolder(from) : openZip(readFileSync(from));
}

function openFolder(folder) {
  const read = (file) => readFileSync(join(folder, ...file.split('/')));
  return { isZip: false, isReadable: true, findings: [], names: listFiles(folder), read };
}

function listFiles(folder, at = folder) {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    return entry.isDirectory() ? listFiles(folder, path) : [relative(folder, path).split(sep).join('/')];
  });
}

function wrongFiles({ names, read }, manifest) {
  const here = new Set(names);
  const wrong = [];
  for (const [file, { bytes, sha256: hash }] of Object.entries(manifest.files)) {
    if (!here.has(file)) wrong.push(`${file}: is missing`);
    else {
      const content = read(file);
      if (content.length !== bytes || sha256(content).toString('hex') !== hash) wrong.push(`${file}: was changed`);
    }
  }
  for (const file of OUTSIDE_MANIFEST) if (!here.has(file)) wrong.push(`${file}: is missing`);
  const known = new Set([...Object.keys(manifest.files), ...OUTSIDE_MANIFEST]);
  for (const file of here) if (!known.has(file)) wrong.push(`${file}: does not belong to the pack`);
  return wrong;
}

// ── The ZIP (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16), in the one form that a pack has ─────────

const THE_ZIP = 'the ZIP';
const END_BYTES = 22;
// Of a name that is garbage; those of a pack are shorter.
const MAX_NAME = 120;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

// Stored entries, so that nothing is left to a compressor; 33 is the first day that a ZIP can name, 1 January 1980.
const localFields = ({ crc, size, nameLength }) => [
  ['signature', 4, 0x04034b50],
  ['version', 2, 20],
  ['flags', 2, 0],
  ['method', 2, 0],
  ['time', 2, 0],
  ['date', 2, 33],
  ['CRC-32', 4, crc],
  ['compressed size', 4, size],
  ['size', 4, size],
  ['name length', 2, nameLength],
  ['extra length', 2, 0],
];
const directoryFields = (entry) => [
  ['signature', 4, 0x02014b50],
  ['version of the writer', 2, 20],
  ...localFields(entry).slice(1),
  ['comment length', 2, 0],
  ['disk', 2, 0],
  ['internal attributes', 2, 0],
  ['external attributes', 4, 0],
  ['offset', 4, entry.offset],
];
const endFields = ({ count, start, end }) => [
  ['signature', 4, 0x06054b50],
  ['disk', 2, 0],
  ['disk of the directory', 2, 0],
  ['number of entries on the disk', 2, count],
  ['number of entries', 2, count],
  ['size of the directory', 4, end - start],
  ['offset of the directory', 4, start],
  ['comment length', 2, 0],
];

function wrongFields(bytes, at, fields, whose) {
  const wrong = [];
  let place = at;
  for (const [field, length, value] of fields) {
    const said = bytes.readUIntLE(place, length);
    if (said !== value) wrong.push(`the ${field} of ${whose} (byte ${place}) is ${said}, not ${value}`);
    place += length;
  }
  return wrong;
}

/** Every byte is content of an entry, which the manifest vouches for, or determined by names and contents and compared here. */
function openZip(bytes) {
  const files = new Map();
  const findings = [];
  const read = (file) => {
    const content = files.get(file);
    if (content === undefined) throw new Finding('is missing');
    return content;
  };
  let isReadable = true;
  try {
    readEntries(bytes, files, findings);
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    findings.push(error.message);
    isReadable = false;
  }
  return { isZip: true, isReadable, findings, names: [...files.keys()], read };
}

/** Throws a finding where what is said of the shape disagrees, so that no reader could tell what else is in there. */
function readEntries(bytes, files, findings) {
  const end = bytes.length - END_BYTES;
  const start = startOfDirectory(bytes, end);
  let [at, offset, count, before] = [start, 0, 0, ''];
  while (at < end) {
    const entry = entryAt(bytes, { at, offset, start, end });
    const { label, name, content } = entry;
    if (!NAME.test(name)) findings.push(`${label}: is no name that a file of a pack has`);
    if (name === before) findings.push(`${label}: stands in the ZIP twice`);
    else if (name < before) findings.push(`${label}: is out of order; entries are sorted by name`);
    const wrong = wrongFields(bytes, offset, localFields(entry), 'its local header');
    wrong.push(...wrongFields(bytes, at, directoryFields(entry), 'its header in the directory'));
    findings.push(...wrong.map((text) => `${label}: ${text}`));
    files.set(name, content);
    [at, offset, count, before] = [at + 46 + entry.nameLength, entry.endsAt, count + 1, name];
  }
  if (offset !== start)
    findings.push(`${THE_ZIP}: bytes ${offset} to ${start - 1}, between the entries and the directory, are nobody's`);
  findings.push(...wrongFields(bytes, end, endFields({ count, start, end }), 'the end record').map(ofZip));
}

const ofZip = (text) => `${THE_ZIP}: ${text}`;

function startOfDirectory(bytes, end) {
  const found = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || found < 0) throw new Finding(ofZip('has no end record: it was cut off, or is no ZIP'));
  if (found > end) throw new Finding(ofZip(`its end record (byte ${found}) was cut off`));
  if (found < end) throw new Finding(ofZip(`${end - found} bytes follow its end record (byte ${found})`));
  const [size, start] = [bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
  if (start + size !== end)
    throw new Finding(ofZip(`the size or the offset of the directory in the end record (byte ${end + 12}) is wrong`));
  return start;
}

/** The entry whose header in the directory is at `at`, and whose local header has to be at `offset`: where the last one ended. */
function entryAt(bytes, { at, offset, start, end }) {
  if (at + 46 > end || offset + 30 > start)
    throw new Finding(
      ofZip(`no entry begins at byte ${offset}, or its header in the directory at byte ${at} is cut off`),
    );
  const says = bytes.readUInt32LE(at + 42);
  if (says !== offset && bytes.readUInt32LE(offset) !== 0x04034b50) {
    const name = bytes.toString('latin1', at + 46, at + 46 + bytes.readUInt16LE(at + 28));
    throw new Finding(
      `${name.slice(0, MAX_NAME)}: begins at byte ${says}, not at byte ${offset}, where what is before it ends`,
    );
  }
  const lengths = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(offset + 26)];
  const name = bytes.toString('latin1', at + 46, at + 46 + lengths[0]);
  const localName = bytes.toString('latin1', offset + 30, offset + 30 + lengths[1]);
  const label = name === localName ? name : `${name.slice(0, MAX_NAME)}, or ${localName.slice(0, MAX_NAME)}`;
  const sizes = [at + 20, at + 24, offset + 18, offset + 22].map((place) => bytes.readUInt32LE(place));
  if (bytes.readUInt16LE(at + 10) === 8 && bytes.readUInt16LE(offset + 8) === 8)
    throw new Finding(`${label}: is compressed, as in packs of earlier versions: unpack the ZIP and verify the folder`);
  if (new Set(sizes).size > 1)
    throw new Finding(`${label}: its sizes disagree (bytes ${at + 20} and ${offset + 18}): ${sizes.join(', ')}`);
  if (lengths[0] !== lengths[1])
    throw new Finding(`${label}: the lengths of its name disagree (bytes ${at + 28} and ${offset + 26})`);
  const from = offset + 30 + lengths[0];
  const endsAt = from + sizes[0];
  if (endsAt > start || at + 46 + lengths[0] > end)
    throw new Finding(`${label}: would end (byte ${endsAt}) beyond the directory (byte ${start})`);
  if (name !== localName) throw new Finding(`${label}: has two names (bytes ${at + 46} and ${offset + 30})`);
  const content = bytes.subarray(from, endsAt);
  return { label, name, content, offset, endsAt, nameLength: lengths[0], size: sizes[0], crc: crc32(content) };
}

/** What comes from a pack must not speak to the terminal. */
function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255];
  return (crc ^ 0xffffffff) >>> 0;
}

// ── Keys (c2sp.org/signed-note) and policies (c2sp.org/tlog-policy) ──────────────────────────────────────────────

function trustOf({ keys, policy, read }) {
  const given = keys.length > 0 || policy !== undefined;
  const packedPolicy = () => {
    try {
      return utf8(read('keys/witnesses.policy'));
    } catch {
      return '';
    }
  };
  const texts = given
    ? keys
    : utf8(read('keys/log.vkey'))
        .split('\n')
        .filter((line) => line !== '');
  const rule = parsePolicy(given ? (policy ?? '') : packedPolicy());
  const all = [...texts.map(parseKey), ...rule.logs, ...rule.witnesses.values()];
  if (!all.some(({ type }) => type === 1)) throw new Finding('there is no key of the log');
  const names = all.map(({ text }) => text).join(', ');
  const note = given ? `trusted: the keys given (${names})` : `COMPARE these keys with those you know: ${names}`;
  return { keys: all, rule, note };
}

function parseKey(text) {
  const [name, id, ...rest] = text.split('+');
  const encoded = Buffer.from(rest.join('+'), 'base64');
  const [type] = encoded;
  const keyId = sha256(Buffer.from(`${name}\n`), encoded)
    .subarray(0, 4)
    .toString('hex');
  if (encoded.length !== 33 || (type !== 1 && type !== 4) || keyId !== id) throw new Finding('a key is malformed');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), encoded.subarray(1)]);
  return { name, id, type, text, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

function parsePolicy(text) {
  const [logs, witnesses, rules] = [[], new Map(), new Map()];
  let quorum;
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/[ \t]+/);
    if (word === 'log') logs.push(parseKey(rest[0]));
    if (word === 'witness') {
      witnesses.set(rest[0], parseKey(rest[1]));
      rules.set(rest[0], (cosigned) => cosigned.has(rest[0]));
    }
    if (word === 'group') {
      const [name, count, ...members] = rest;
      const least = count === 'all' ? members.length : count === 'any' ? 1 : Number(count);
      const parts = members.map((member) => rules.get(member));
      if (parts.includes(undefined) || !(least >= 1 && least <= parts.length))
        throw new Finding('the policy is malformed');
      rules.set(name, (cosigned) => parts.filter((part) => part(cosigned)).length >= least);
    }
    if (word === 'quorum') quorum = rest[0] === 'none' ? () => true : rules.get(rest[0]);
  }
  if (text.trim() !== '' && quorum === undefined) throw new Finding('the policy has no quorum');
  return { logs, witnesses, quorum: quorum ?? (() => true) };
}

// ── Notes, checkpoints, cosignatures ─────────────────────────────────────────────────────────────────────────────

/** Stricter than a note has to be: every signature line must be by a known key, so that no byte of it may change unseen. */
function openCheckpoint(note, { keys }) {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) throw new Finding('is not a signed note');
  const text = note.slice(0, split + 1);
  const [origin, size, root, ...rest] = text.split('\n');
  if (!/^(0|[1-9]\d*)$/.test(size ?? '') || rest.join() !== '' || strictBase64(root ?? '', 32) === undefined)
    throw new Finding('is not a checkpoint');
  const cosigned = new Set();
  let isSigned = false;
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [dash, name, encoded, ...more] = line.split(' ');
    const bytes = strictBase64(encoded ?? '');
    if (dash !== '—' || bytes === undefined || more.length > 0) throw new Finding('has a malformed signature');
    const key = keys.find((known) => known.name === name && known.id === bytes.subarray(0, 4).toString('hex'));
    if (key === undefined) throw new Finding(`is signed by ${name}, whose key is not known here`);
    if (!isSignedBy(text, bytes.subarray(4), key)) throw new Finding(`the signature of ${name} is wrong`);
    if (key.type === 1 && name === origin) isSigned = true;
    if (key.type === 4) cosigned.add(key.text);
  }
  if (!isSigned) throw new Finding('the log has not signed it');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), cosigned };
}

function isSignedBy(text, signature, { type, publicKey }) {
  if (type === 1) return signature.length === 64 && verifySignature(null, Buffer.from(text), publicKey, signature);
  if (signature.length !== 72) return false;
  const message = `cosignature/v1\ntime ${signature.readBigUInt64BE(0)}\n${text}`;
  return verifySignature(null, Buffer.from(message), publicKey, signature.subarray(8));
}

function requireQuorum({ cosigned }, { rule }) {
  const names = new Set([...rule.witnesses].filter(([, key]) => cosigned.has(key.text)).map(([name]) => name));
  if (!rule.quorum(names)) throw new Finding(`${names.size} witnesses cosigned, fewer than the policy asks for`);
}

function strictBase64(text, length) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text && (length === undefined || bytes.length === length) ? bytes : undefined;
}

// ── The tree (RFC 9162, sections 2.1.3.2 and 2.1.4.2) ────────────────────────────────────────────────────────────

function rootFromInclusion({ hash, index, size, proof }) {
  let [fn, sn, r] = [index, size - 1, hash];
  if (index >= size) return undefined;
  for (const p of proof) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      r = nodeHash(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else r = nodeHash(r, p);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? r : undefined;
}

function isConsistent({ older, newer, proof }) {
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  if (older.size === 0 || older.size > newer.size) return false;
  const path = Number.isInteger(Math.log2(older.size)) ? [older.root, ...proof] : [...proof];
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [(fn - 1) / 2, Math.floor(sn / 2)];
  let [fr, sr] = [path[0], path[0]];
  if (fr === undefined) return false;
  for (const c of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else sr = nodeHash(sr, c);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && fr.equals(older.root) && sr.equals(newer.root);
}

// ── What is in the pack ──────────────────────────────────────────────────────────────────────────────────────────

function parseReceipt(text, trust) {
  const [, extra, index, hashes, note] =
    /^c2sp\.org\/tlog-proof@v1\nextra (\S+)\nindex (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n([\s\S]*)$/.exec(text) ??
    [];
  const leaf = strictBase64(extra ?? '');
  if (leaf === undefined) throw new Finding('is not a receipt');
  const checkpoint = openCheckpoint(note, trust);
  requireQuorum(checkpoint, trust);
  const proof = hashesOf(hashes);
  const root = rootFromInclusion({ hash: leafHash(leaf), index: Number(index), size: checkpoint.size, proof });
  if (!root?.equals(checkpoint.root)) throw new Finding('its event is not in the signed tree');
  return { event: JSON.parse(utf8(leaf)), checkpoint };
}

function checkManifestProof({ read, trust, notes }) {
  const { event } = parseReceipt(utf8(read('manifest.tlog-proof')), trust);
  if (event.event !== 'evidence.packed') throw new Finding('is of another event than the packing');
  if (event.detail.manifest !== sha256(read('manifest.json')).toString('hex'))
    throw new Finding('the log holds the hash of another manifest.json: manifest.json was changed');
  notes.push(`packed at ${event.instant} by ${event.actor.id}, as event ${event.id} of the log says`);
}

function checkEvents(read, packed, manifest) {
  const lines = utf8(read('events.ndjson')).split('\n');
  if (lines.pop() !== '') throw new Finding('does not end in a line');
  lines.forEach((line, i) => {
    const { index, leaf, proof } = JSON.parse(line);
    const hashes = proof.map((hash) => strictBase64(hash, 32));
    const root = rootFromInclusion({ hash: leafHash(Buffer.from(leaf)), index, size: packed.size, proof: hashes });
    if (!root?.equals(packed.root)) throw new Finding(`line ${i + 1} (event ${index}) is not in the signed tree`);
  });
  if (lines.length !== manifest.events) throw new Finding(`has ${lines.length} of ${manifest.events} events`);
  return lines.length;
}

function checkGrowth(read, packed, trust) {
  const { checkpoint } = parseReceipt(utf8(read('manifest.tlog-proof')), trust);
  const proof = hashesOf(utf8(read('manifest.consistency')));
  if (checkpoint.origin !== packed.origin || !isConsistent({ older: packed, newer: checkpoint, proof }))
    throw new Finding('the log of the events and that of the manifest are not one');
}

function checkConsistencyFile(file, text, bySize) {
  const [, from, to] = /^consistency\/(\d+)-(\d+)\.proof$/.exec(file) ?? [];
  const [older, newer] = [bySize.get(Number(from)), bySize.get(Number(to))];
  if (!older || !newer || !isConsistent({ older, newer, proof: hashesOf(text) }))
    throw new Finding('does not prove that the log only grew');
}

function checkReceipt(file, text, trust) {
  const { event } = parseReceipt(text, trust);
  if (file !== `receipts/${event.id}.tlog-proof`) throw new Finding('is the receipt of another event');
}

/** Decisions name a policy set by a hash: SHA-256 of the JSON `[[[id, text], …] by id, schema]`. */
function checkPolicySet(file, { schema, policies }) {
  const parts = policies.map(({ id, text }) => [id, text]).sort(([left], [right]) => (left < right ? -1 : 1));
  const hash = sha256(Buffer.from(JSON.stringify([parts, schema]))).toString('hex');
  if (file !== `policies/${hash}.json`) throw new Finding('is not the policy set that its name says');
}

function hashesOf(text) {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Finding('does not end in a line');
  const hashes = lines.map((line) => strictBase64(line, 32));
  if (hashes.includes(undefined)) throw new Finding('has a malformed hash');
  return hashes;
}

function main(argv) {
  const options = { keys: [], policy: undefined };
  let from = fileURLToPath(new URL('.', import.meta.url));
  for (let i = 0; i < argv.length; i += 1) {
    if (argv[i] === '--key') options.keys.push(argv[++i]);
    else if (argv[i] === '--policy') options.policy = readFileSync(argv[++i], 'utf8');
    else from = argv[i];
  }
  const { ok, findings, notes } = verifyPack(from, options);
  for (const note of notes) console.log(`     ${printable(note)}`);
  for (const finding of findings) console.log(`✘    ${printable(finding)}`);
  console.log(ok ? '✔    the pack is whole, and its events are in the signed log' : '✘    NOT verified');
  return ok ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
