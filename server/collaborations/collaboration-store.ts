// Collaborations with their members in the database; what a tenant sees of them is decided by `isVisibleTo`.
import type { Knex } from 'knex';
import { STRICT } from '../../policies/privacy-terms.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { type Page, recordStore } from '../database/record-store.ts';
import { type Row, rowMapping } from '../database/row-mapping.ts';
import { notFound } from '../errors.ts';
import {
  type Collaboration,
  type CollaborationMember,
  isAcceptedMember,
  isOverdue,
  isVisibleTo,
} from './collaboration.ts';

type Head = Omit<Collaboration, 'members'>;

const stored = rowMapping<Head>(['terms']);
/** What was agreed on before there was such a term is strict. */
const headMapping: typeof stored = {
  ...stored,
  fromRow(row) {
    const head = stored.fromRow(row);
    return { ...head, terms: { ...head.terms, privacy: { ...STRICT, ...head.terms.privacy } } };
  },
};
const heads = recordStore('collaborations', { noun: 'collaboration', mapping: headMapping });
const memberMapping = rowMapping<CollaborationMember & { collaborationId: string }>();

/** For the tenant's eyes: a collaboration it is no member of does not exist. Throws `not_found`. */
export async function getVisibleCollaboration(
  knex: Knex,
  key: { id: string; tenantId: string },
): Promise<Collaboration> {
  const collaboration = await findCollaboration(knex, key.id);
  if (!collaboration || !isVisibleTo(collaboration, key.tenantId)) {
    throw notFound('collaboration');
  }
  return collaboration;
}

export async function findCollaboration(knex: Knex, id: string): Promise<Collaboration | undefined> {
  const head = await heads.find(knex, id);
  return head && (await withMembers(knex, [head]))[0];
}

/** Whether a tenant may know its salts and have its key rotated. */
export async function isCollaborationMember(knex: Knex, key: { id: string; tenantId: string }): Promise<boolean> {
  const collaboration = await findCollaboration(knex, key.id);
  return (
    collaboration !== undefined && collaboration.status !== 'ended' && isAcceptedMember(collaboration, key.tenantId)
  );
}

/** Those that a tenant is in by its own consent; those that ended are in it as long as their keys are. */
export async function listJoinedCollaborationIds(knex: Knex, tenantId: string): Promise<string[]> {
  const rows = await knex('collaboration_members')
    .where({ tenant_id: tenantId, status: 'accepted' })
    .select<{ collaboration_id: string }[]>('collaboration_id');
  return rows.map((row) => row.collaboration_id);
}

export async function listVisibleCollaborations(knex: Knex, tenantId: string, page: Page): Promise<Collaboration[]> {
  const joined = knex('collaboration_members').select('collaboration_id').where({ tenant_id: tenantId });
  const query = knex<Row>('collaborations')
    .whereIn('id', joined.whereNot({ status: 'left' }))
    .where((any) => any.whereNot({ status: 'draft' }).orWhere({ owner_tenant_id: tenantId }))
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) query.where('id', '<', page.before);
  const rows = (await query) as Row[];
  return withMembers(
    knex,
    rows.map((row) => headMapping.fromRow(row)),
  );
}

/** Those whose end date has passed while they were drafted, invited to or active: the sweep ends them. */
export async function listOverdueCollaborations(knex: Knex, now: string): Promise<Collaboration[]> {
  const rows = (await knex<Row>('collaborations').whereNot({ status: 'ended' }).orderBy('id')) as Row[];
  const living = await withMembers(
    knex,
    rows.map((row) => headMapping.fromRow(row)),
  );
  return living.filter((collaboration) => isOverdue(collaboration, now));
}

export async function insertCollaboration(tx: AuditedTransaction, collaboration: Collaboration): Promise<void> {
  const { members: _, ...head } = collaboration;
  await heads.insert(tx, head);
  await saveMembers(tx, collaboration);
}

export async function saveCollaboration(tx: AuditedTransaction, collaboration: Collaboration): Promise<void> {
  const { members: _, ...head } = collaboration;
  await heads.save(tx, head);
  await saveMembers(tx, collaboration);
}

async function saveMembers(tx: AuditedTransaction, collaboration: Collaboration): Promise<void> {
  const rows = collaboration.members.map((member) =>
    memberMapping.toRow({ ...member, collaborationId: collaboration.id }),
  );
  await tx.trx('collaboration_members').insert(rows).onConflict(['collaboration_id', 'tenant_id']).merge();
}

async function withMembers(knex: Knex, all: Head[]): Promise<Collaboration[]> {
  const ids = all.map((head) => head.id);
  const rows = (await knex('collaboration_members').whereIn('collaboration_id', ids).orderBy('alias')) as Row[];
  const members = rows.map((row) => memberMapping.fromRow(row));
  return all.map((head) => ({
    ...head,
    members: members
      .filter((member) => member.collaborationId === head.id)
      .map(({ tenantId, alias, status, decidedAt }) => ({ tenantId, alias, status, decidedAt })),
  }));
}

/** Reads inside the write transaction and keeps others from changing it until the end. Throws `not_found`. */
export async function lockVisibleCollaboration(
  tx: AuditedTransaction,
  key: { id: string; tenantId: string },
): Promise<Collaboration> {
  await lockRow(tx, key.id);
  return getVisibleCollaboration(tx.trx, key);
}

/** For the service itself, which is no member. Throws `not_found`. */
export async function lockCollaboration(tx: AuditedTransaction, id: string): Promise<Collaboration> {
  await lockRow(tx, id);
  const found = await findCollaboration(tx.trx, id);
  if (!found) throw notFound('collaboration');
  return found;
}

async function lockRow(tx: AuditedTransaction, id: string): Promise<void> {
  await tx.trx('collaborations').where({ id }).forUpdate().first();
}
