// Offering a dataset to a collaboration under a rule, or another rule for what is there; both wait for every member.
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import type { ChangeProposal } from './change-proposal.ts';
import { insertProposal } from './change-service.ts';
import type { Collaboration } from './collaboration.ts';
import { lockVisibleCollaboration } from './collaboration-store.ts';
import type { Contribution } from './contribution.ts';
import { getOwnContribution } from './contribution-service.ts';
import { contributions } from './contribution-store.ts';

export interface ContributionOffer {
  readonly collaborationId: string;
  readonly datasetId: string;
  readonly alias: string;
  readonly rule: AnalysisRule;
}

export async function proposeContribution(
  ground: Ground,
  caller: TenantCaller,
  offer: ContributionOffer,
): Promise<Contribution> {
  const id = newId('con');
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...byCaller(caller),
      event: 'contribution.created',
      outcome: 'succeeded',
      subject: { kind: 'contribution', id },
      detail: { collaboration: offer.collaborationId, dataset: offer.datasetId, alias: offer.alias },
    },
    async (tx) => {
      const key = { id: offer.collaborationId, tenantId: caller.tenantId };
      const collaboration = await lockVisibleCollaboration(tx, key);
      await assertAliasFree(tx, collaboration, offer.alias);
      await assertRuleFits(tx, { datasetId: offer.datasetId, tenantId: caller.tenantId, rule: offer.rule });
      await contributions.insert(tx, newContribution(ground, { id, tenantId: caller.tenantId, offer }));
      const change = { kind: 'add-contribution', contributionId: id, alias: offer.alias } as const;
      const proposal = await insertProposal(ground, tx, { collaboration, change, tenantId: caller.tenantId });
      const stored = { ...(await contributions.get(tx.trx, id)), changeId: proposal.id };
      await contributions.save(tx, stored);
      return stored;
    },
  );
  return result;
}

export async function proposeRule(
  ground: Ground,
  caller: TenantCaller,
  wish: { contributionId: string; rule: AnalysisRule },
): Promise<ChangeProposal> {
  const { result } = await auditedTransaction(
    ground.db,
    (proposal: ChangeProposal) => ({
      ...byCaller(caller),
      event: 'change.proposed' as const,
      outcome: 'succeeded' as const,
      subject: { kind: 'change', id: proposal.id },
      detail: { contribution: wish.contributionId, kind: 'set-rule' },
    }),
    async (tx) => {
      const contribution = await getOwnContribution(tx, { id: wish.contributionId, tenantId: caller.tenantId });
      if (contribution.status === 'withdrawn') {
        throw new ServiceError('state_conflict', { detail: 'This contribution has been withdrawn.' });
      }
      await assertRuleFits(tx, { datasetId: contribution.datasetId, tenantId: caller.tenantId, rule: wish.rule });
      const key = { id: contribution.collaborationId, tenantId: caller.tenantId };
      const collaboration = await lockVisibleCollaboration(tx, key);
      const change = {
        kind: 'set-rule',
        contributionId: contribution.id,
        alias: contribution.alias,
        rule: wish.rule,
      } as const;
      return insertProposal(ground, tx, { collaboration, change, tenantId: caller.tenantId });
    },
  );
  return result;
}

function newContribution(
  ground: Ground,
  { id, tenantId, offer }: { id: string; tenantId: string; offer: ContributionOffer },
): Contribution {
  return {
    id,
    collaborationId: offer.collaborationId,
    tenantId,
    alias: offer.alias,
    datasetId: offer.datasetId,
    rule: offer.rule,
    status: 'proposed',
    changeId: null,
    jobId: null,
    versionId: null,
    engineId: null,
    createdAt: instantOf(ground.clock),
    contributedAt: null,
  };
}

async function assertAliasFree(tx: AuditedTransaction, collaboration: Collaboration, alias: string): Promise<void> {
  const all = await contributions.listAll(tx.trx, { collaboration_id: collaboration.id, alias });
  if (all.every(({ status }) => status === 'withdrawn')) return;
  throw new ServiceError('conflict', { detail: `A contribution of this collaboration is called ${alias} already.` });
}

/** The rule may only name attributes that the dataset has: a misspelt one would silently allow nothing. */
async function assertRuleFits(
  tx: AuditedTransaction,
  { datasetId, tenantId, rule }: { datasetId: string; tenantId: string; rule: AnalysisRule },
): Promise<void> {
  const row = (await tx.trx('datasets').where({ id: datasetId, tenant_id: tenantId }).first('schema')) as
    | { schema: string }
    | undefined;
  if (!row) throw notFound('dataset');
  const { columns } = parseDatasetSchema(JSON.parse(row.schema));
  const named = [
    ...rule.filterAttributes.map((name, index) => ({ name, pointer: `/rule/filter_attributes/${index}` })),
    ...rule.breakdownAttributes.map((name, index) => ({ name, pointer: `/rule/breakdown_attributes/${index}` })),
  ];
  const errors = named
    .filter(({ name }) => columns[name]?.role !== 'attribute')
    .map(({ pointer }) => ({ pointer, message: 'The dataset has no attribute of this name.' }));
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
}
