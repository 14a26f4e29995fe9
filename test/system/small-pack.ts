// A pack of few bytes, signed, cosigned and proven as the service does it, so that every one of its bytes can be changed in turn;
// and a writer of ZIPs of its own, which also writes what a pack must not be.
import { crc32 } from 'node:zlib';
import { base64Of } from '../../audit/bytes.ts';
import { signCheckpoint } from '../../audit/checkpoint.ts';
import { type AuditEvent, leafOf } from '../../audit/event.ts';
import { consistencyProof, inclusionProof, leafHash, treeHash } from '../../audit/merkle.ts';
import { verifierKeyOf, verifierKeyText } from '../../audit/note-key.ts';
import { formatProof } from '../../audit/proof.ts';
import { cosignatureLine, parseNote } from '../../audit/signed-note.ts';
import { manifestText, type PackFiles, sha256Hex } from '../../server/evidence/pack-file.ts';

const LOG = { name: 'log.example', secretKey: new Uint8Array(32).fill(7) };
const WITNESS = { name: 'w.example', secretKey: new Uint8Array(32).fill(1) };
const PACKED = 3;
const EARLIER = 1;

export async function smallPackFiles(): Promise<PackFiles> {
  const leaves = Array.from({ length: PACKED }, (_, i) => leafOf(eventNumber(i, 'delivery.completed', { added: i })));
  const files: PackFiles = new Map();
  const lines = leaves.map((leaf, index) => {
    const proof = inclusionProof(leaves.map(leafHash), index).map(base64Of);
    return `${JSON.stringify({ index, leaf: Buffer.from(leaf).toString('utf8'), proof })}\n`;
  });
  files.set('events.ndjson', lines.join(''));
  for (const size of [EARLIER, PACKED])
    files.set(`checkpoints/${size}.checkpoint`, await noteOf(leaves.slice(0, size)));
  files.set(`consistency/${EARLIER}-${PACKED}.proof`, growth(leaves, EARLIER));
  files.set(`receipts/${eventNumber(1, 'delivery.completed', {}).id}.tlog-proof`, await receiptOf(leaves, 1));
  const key = verifierKeyText(await verifierKeyOf(LOG));
  const witness = verifierKeyText(await verifierKeyOf(WITNESS, 'cosignature'));
  files.set('keys/log.vkey', `${key}\n`);
  files.set('keys/witnesses.policy', `log ${key}\nwitness w ${witness}\nquorum w\n`);
  const policySet = { policies: [{ id: 'a', text: 'permit;' }], schema: 'entity A;' };
  const hash = sha256Hex(JSON.stringify([[['a', 'permit;']], 'entity A;']));
  files.set(`policies/${hash}.json`, JSON.stringify(policySet));
  files.set('index.html', '<!doctype html><title>Read me</title>');
  const log = { origin: LOG.name, size: PACKED, checkpoint: `checkpoints/${PACKED}.checkpoint` };
  const manifest = manifestText({ log, events: PACKED }, files);
  files.set('manifest.json', manifest);
  const all = [...leaves, leafOf(eventNumber(PACKED, 'evidence.packed', { manifest: sha256Hex(manifest) }))];
  files.set('manifest.tlog-proof', await receiptOf(all, PACKED));
  files.set('manifest.consistency', growth(all, PACKED));
  return files;
}

const eventNumber = (i: number, event: AuditEvent['event'], detail: AuditEvent['detail']): AuditEvent => ({
  id: `evt_${String(i).padStart(26, '0')}`,
  instant: new Date(Date.UTC(2026, 6, 1, 8, i)).toISOString(),
  tenantId: 'ten_00000000000000000000000001',
  actor: { kind: 'member', id: 'mem_00000000000000000000000001' },
  event,
  outcome: 'succeeded',
  subject: { kind: 'delivery', id: `dlv_${i}` },
  detail,
});

async function noteOf(leaves: readonly Uint8Array[]): Promise<string> {
  const root = treeHash(leaves.map(leafHash));
  const signed = await signCheckpoint({ origin: LOG.name, size: leaves.length, root }, [LOG]);
  const { text } = parseNote(signed);
  return signed + (await cosignatureLine(text, { ...WITNESS, timestampSeconds: 1_800_000_000n }));
}

async function receiptOf(leaves: readonly Uint8Array[], index: number): Promise<string> {
  const proof = inclusionProof(leaves.map(leafHash), index);
  return formatProof({ extra: leaves[index]!, index, proof, checkpoint: await noteOf(leaves) });
}

function growth(leaves: readonly Uint8Array[], oldSize: number): string {
  return consistencyProof(leaves.map(leafHash), oldSize)
    .map((hash) => `${base64Of(hash)}\n`)
    .join('');
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** Bytes of nobody's before the entry. */
  readonly before?: Uint8Array;
}

/** In the order given, in the form of a pack: what every field holds stands in `server/evidence/verifiers/FORMAT.md`. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const [bodies, headers]: Buffer[][] = [[], []];
  let offset = 0;
  for (const { name, content, before = new Uint8Array() } of entries) {
    offset += before.length;
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(33, 8);
    fixed.writeUInt32LE(crc32(content), 10);
    fixed.writeUInt32LE(content.length, 14);
    fixed.writeUInt32LE(content.length, 18);
    fixed.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), fixed, Buffer.from(name), content]);
    bodies!.push(Buffer.concat([before, body]));
    headers!.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fixed, place, Buffer.from(name)]));
    offset += body.length;
  }
  const directory = Buffer.concat(headers!);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies!, directory, end]);
}
