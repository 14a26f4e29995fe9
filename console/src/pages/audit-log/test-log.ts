// A small log of made-up events with its key, for the tests of what the browser verifies.
import { base64Of } from '../../../../audit/bytes.ts';
import { signCheckpoint } from '../../../../audit/checkpoint.ts';
import { type AuditEvent, leafOf } from '../../../../audit/event.ts';
import { consistencyProof, inclusionProof, leafHash, treeHash } from '../../../../audit/merkle.ts';
import { verifierKeyOf, verifierKeyText } from '../../../../audit/note-key.ts';
import { formatProof } from '../../../../audit/proof.ts';

export const SIZE = 21;
const LOG = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(7) };

export function leafAt(index: number, added = index): string {
  const event: AuditEvent = {
    id: `evt_${String(index).padStart(26, '0')}`,
    instant: new Date(Date.UTC(2026, 6, 1, index)).toISOString(),
    tenantId: null,
    actor: { kind: 'service', id: 'ecluse' },
    event: 'delivery.completed',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id: `dlv_${index}` },
    detail: { added },
  };
  return new TextDecoder().decode(leafOf(event));
}

const bytes = (text: string) => new TextEncoder().encode(text);
const hashesOf = (leaves: readonly string[]) => leaves.map((leaf) => leafHash(bytes(leaf)));
export const LEAVES = Array.from({ length: SIZE }, (_, i) => leafAt(i));

export function checkpointOf(leaves: readonly string[], signer = LOG): Promise<string> {
  return signCheckpoint({ origin: signer.name, size: leaves.length, root: treeHash(hashesOf(leaves)) }, [signer]);
}

export async function verifierKeys(signer = LOG): Promise<string[]> {
  return [verifierKeyText(await verifierKeyOf(signer))];
}

export async function receiptAt(index: number): Promise<string> {
  const proof = inclusionProof(hashesOf(LEAVES), index);
  return formatProof({ extra: bytes(LEAVES[index]!), index, proof, checkpoint: await checkpointOf(LEAVES) });
}

export function consistencyLines(leaves: readonly string[], oldSize: number): string[] {
  return consistencyProof(hashesOf(leaves), oldSize).map(base64Of);
}
