// Approvals of more than activations: each names its subject, keeps what was shown with its hash, and runs out.
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { canonicalJson } from '../../../audit/canonical-json.ts';
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const approvalsOfEveryKind: Migration = {
  name: '0018-approvals-of-every-kind',
  why: 'Rules, policies, exported keys and break-glass reads need four eyes too. Copies the approvals, of which there are few; open ones become void, since what they showed was kept nowhere.',
  async up(trx) {
    await createTable(
      trx,
      'approval_requests',
      (c) => {
        c.id('id').primary();
        // NULL: what concerns the whole service, for its operators to decide.
        c.id('tenant_id').nullable().references('tenants.id');
        c.id('subject_kind');
        c.id('subject_id');
        c.id('status');
        c.document('summary');
        c.document('shown');
        c.digest('shown_hash');
        c.id('requested_by');
        c.id('decided_by').nullable();
        c.document('comment').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
        c.instant('expires_at');
        c.instant('decided_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['subject_id']);
        t.index(['status', 'expires_at']);
      },
    );
    for (const row of await trx('approvals')) await trx('approval_requests').insert(carried(row));
    await trx.schema.dropTable('approvals');
  },
  async down(trx) {
    await createTable(
      trx,
      'approvals',
      (c) => {
        c.id('id').primary();
        c.id('activation_id').references('activations.id');
        c.id('tenant_id').references('tenants.id');
        c.id('status');
        c.digest('terms_hash');
        c.document('summary');
        c.id('requested_by');
        c.id('decided_by').nullable();
        c.document('comment').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
        c.instant('decided_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['activation_id']);
      },
    );
    for (const row of await trx('approval_requests').where({ subject_kind: 'activation' })) {
      await insertOld(trx, row);
    }
    await trx.schema.dropTable('approval_requests');
  },
};

interface Row {
  [column: string]: string | null;
}

function carried(row: Row): Row {
  const { activation_id, terms_hash, ...rest } = row;
  const shown = canonicalJson({
    summary: row.summary ?? '',
    asked_by: row.requested_by ?? '',
    asked_at: row.created_at ?? '',
    changes: [],
    proposed: null,
    decisions: [],
    forecast: null,
    basis_hash: terms_hash ?? '',
  });
  return {
    ...rest,
    status: row.status === 'pending' ? 'void' : (row.status ?? 'void'),
    subject_kind: 'activation',
    subject_id: activation_id ?? '',
    shown,
    shown_hash: createHash('sha256').update(shown).digest('hex'),
    expires_at: row.created_at ?? '',
  };
}

async function insertOld(trx: Knex.Transaction, row: Row): Promise<void> {
  const { subject_kind: _kind, subject_id, shown, shown_hash, expires_at: _at, ...rest } = row;
  const { basis_hash } = JSON.parse(shown ?? '{}') as { basis_hash?: string };
  await trx('approvals').insert({ ...rest, activation_id: subject_id, terms_hash: basis_hash ?? shown_hash });
}
