// `ecluse operators link`: a one-time link for an operator who can no longer sign in, made on the machine of the service by whoever has its database.
import { closeGround, openGround } from '../compose.ts';
import type { Config } from '../config.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import type { Ground } from '../ground.ts';
import { issueWelcomeLink } from '../sign-in/welcome-link.ts';
import type { MemberRow } from '../tenants/member-store.ts';

export interface OperatorLinkOptions {
  /** Name or id; not needed while there is one operator alone. */
  readonly name: string | undefined;
  readonly write: (text: string) => void;
}

export function printOperatorLink(config: Config, options: OperatorLinkOptions): Promise<void> {
  return asService(async () => {
    const ground = await openGround(config, 'worker');
    try {
      options.write(`${await makeLink(ground, options.name)}\n`);
    } finally {
      await closeGround(ground);
    }
  });
}

async function makeLink(ground: Ground, name: string | undefined): Promise<string> {
  const operator = await chosenOperator(ground, name);
  const event = {
    tenantId: null,
    actor: { kind: 'operator', id: 'command-line' },
    event: 'welcome-link.issued',
    outcome: 'succeeded',
    subject: { kind: 'member', id: operator.id },
    detail: {},
  } as const;
  const invited = { id: operator.id, tenantId: null, name: operator.name, createdBy: 'command-line' };
  const { result } = await auditedTransaction(ground.db, event, (tx) => issueWelcomeLink(tx, ground, invited));
  return result.url;
}

/** Throws unless exactly one is meant. */
async function chosenOperator(ground: Ground, name: string | undefined): Promise<MemberRow> {
  const all = await ground.db.knex<MemberRow>('members').whereNull('tenant_id').andWhere({ status: 'active' });
  const meant = name === undefined ? all : all.filter((row) => row.id === name || row.name === name);
  const [operator, another] = meant;
  if (operator !== undefined && another === undefined) return operator;
  if (all.length === 0)
    throw new Error('there is no operator yet: `ecluse serve` prints a one-time link on its first start');
  const known = all.map((row) => `${row.name} (${row.id})`).join(', ');
  throw new Error(`name one operator with --name, by name or id: ${known}`);
}
