// Platform digests are sealed on the partner's machine, and opened here alone: on the way out of a decided delivery.
import { formatMember, type MemberField } from '../../connectors/kit/member.ts';
import { findPlatformProfile, isHashedKind } from '../../identifiers/platform-profile.ts';
import {
  type OpenValue,
  openerOf,
  openFileKey,
  publicKeyId,
  type SealedFileKey,
  SealedIdError,
} from '../../identifiers/sealed-id.ts';
import type { ActivationColumn } from '../../matching/tables.ts';
import type { Ground } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import { EGRESS_KEY } from '../keys/key-ring.ts';
import type { Reach } from './delivery-sides.ts';

export type SealedReach = Omit<Reach, 'side'> & { readonly side: Pick<Reach['side'], 'datasetId'> };

/** Undefined for a column whose ids are not sealed. Every load of the dataset sealed under a file key of its own. */
export async function sealedIdOpener(
  ground: Ground,
  { side, column, composed }: SealedReach,
): Promise<((id: string) => string) | undefined> {
  if (column.type !== 'platform-digest') return undefined;
  const openers = await fileOpeners(ground, side.datasetId);
  const openOne = (profile: string, id: string) => openWithAny(openers, { profile, id });
  if (composed !== undefined) return memberOpener(composed, openOne);
  return (id) => openOne(column.profile ?? '', id);
}

/** From `<column>:<sealed>|…`, as the engine composed it, to the text of a member. */
export function memberOpener(
  columns: readonly ActivationColumn[],
  openOne: (profile: string, sealed: string) => string,
): (composed: string) => string {
  const profiles = new Map(columns.map(({ column, profile }) => [String(column), profile ?? '']));
  return (composed) => {
    const member: Partial<Record<MemberField, string[]>> = {};
    for (const part of composed.split('|')) {
      const at = part.indexOf(':');
      const profile = profiles.get(part.slice(0, at));
      const field = profile === undefined ? undefined : findPlatformProfile(profile)?.kind;
      // The schema has lost the column since the id was delivered.
      if (profile === undefined || field === undefined || isHashedKind(field)) continue;
      const values = member[field] ?? [];
      values.push(openOne(profile, part.slice(at + 1)));
      member[field] = values;
    }
    return formatMember(member);
  };
}

async function fileOpeners(ground: Ground, datasetId: string): Promise<OpenValue[]> {
  const { key: privateKey, publicPart } = await ground.keys.getKey(EGRESS_KEY);
  const publicKey = Buffer.from(publicPart ?? '', 'base64');
  const rows = (await ground.db
    .knex('loads')
    .where({ dataset_id: datasetId })
    .whereNotNull('sealed_file_key')
    .orderBy('id', 'desc')
    .select('sealed_file_key')) as { sealed_file_key: string }[];
  const sealed = rows.map((row) => sealedFileKeyOf(row.sealed_file_key, publicKeyId(publicKey)));
  const opened = sealed.map(async (one) => openerOf(await openFileKey(one, { publicKey, privateKey })));
  return Promise.all(opened);
}

/** A load may carry the whole `<output>.key.json` or its sealed key alone. */
function sealedFileKeyOf(text: string, ownKeyId: string): SealedFileKey {
  if (text.trimStart().startsWith('{')) return JSON.parse(text) as SealedFileKey;
  return { version: 1, publicKeyId: ownKeyId, sealedFileKey: text };
}

function openWithAny(openers: readonly OpenValue[], { profile, id }: { profile: string; id: string }): string {
  for (const open of openers) {
    try {
      return open(profile, id);
    } catch (error) {
      if (!(error instanceof SealedIdError) || error.code !== 'sealed_value_forged') throw error;
    }
  }
  throw new PermanentFailure({
    code: 'sealed_id_unreadable',
    detail: 'A sealed id opens with no file key of its dataset.',
  });
}
