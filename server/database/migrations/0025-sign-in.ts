// What members sign in to the console with, and the sessions they open.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const signIn: Migration = {
  name: '0025-sign-in',
  why: 'Members sign in with a password, a second factor or OpenID Connect. New tables, and one empty column of members.',
  async up(trx) {
    await trx.schema.alterTable('members', (t) => {
      // In lower case; of the whole service, since nothing else says at which tenant somebody signs in.
      t.text('email').nullable();
      t.unique(['email'], { indexName: 'members_email' });
    });
    await createTable(
      trx,
      'member_sign_ins',
      (c) => {
        c.id('member_id').primary().references('members.id');
        c.id('tenant_id').nullable();
        // `name@tenant` in lower case, numbered where it was taken; for an operator the name alone.
        c.document('login').unique();
        // The name alone in lower case: enough to sign in where one member has it.
        c.document('name_key');
        // Its parameters, salt and digest in one text; NULL until a one-time link was used.
        c.document('password_hash').nullable();
        c.instant('password_set_at').nullable();
        // none, pending, active
        c.id('totp_state');
        // Wrapped under the root key.
        c.document('totp_secret').nullable();
        // The 30 seconds that the last accepted code was of; none before or of it is accepted again.
        c.count('totp_step').nullable();
        // SHA-256 of those that were not used, as JSON.
        c.document('recovery_digests');
        c.document('oidc_issuer').nullable();
        c.document('oidc_subject').nullable();
      },
      (t) => {
        t.index(['name_key']);
        t.unique(['oidc_issuer', 'oidc_subject']);
      },
    );
    await createTable(trx, 'welcome_links', (c) => {
      c.id('member_id').primary().references('members.id');
      c.id('tenant_id').nullable();
      c.digest('token_digest').unique();
      c.id('created_by');
      c.instant('created_at');
      c.instant('expires_at');
    });
    await createTable(
      trx,
      'sessions',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').nullable();
        c.id('member_id').references('members.id');
        c.digest('secret_digest');
        // password, oidc, welcome
        c.id('way');
        c.count('has_second_factor');
        c.document('browser');
        c.instant('created_at');
        c.instant('last_seen_at');
        c.instant('expires_at');
        c.instant('ended_at').nullable();
      },
      (t) => t.index(['member_id', 'id']),
    );
    // Of members and addresses by a keyed digest: no address is kept.
    await createTable(trx, 'sign_in_guesses', (c) => {
      c.digest('key_digest').primary();
      c.count('failures');
      c.instant('last_at');
      c.instant('blocked_until').nullable();
    });
  },
  async down(trx) {
    for (const table of ['sign_in_guesses', 'sessions', 'welcome_links', 'member_sign_ins'])
      await trx.schema.dropTable(table);
    await trx.schema.alterTable('members', (t) => {
      t.dropUnique(['email'], 'members_email');
      t.dropColumn('email');
    });
  },
};
