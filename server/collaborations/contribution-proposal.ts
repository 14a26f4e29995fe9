// Offering a dataset to a collaboration under a rule, or another rule for what is there; both wait for every member.
import { findDestination } from '../../connectors/registry.ts';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { PURPOSES } from '../../identifiers/purposes.ts';
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
import { lockOwnContribution } from './contribution-service.ts';
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
      await assertRuleFits(tx, { ...offer, tenantId: caller.tenantId, pointer: '/rule' });
      await contributions.insert(tx, newContribution(ground, { id, tenantId: caller.tenantId, offer }));
      const change = { kind: 'add-contribution', contributionId: id, alias: offer.alias } as const;
      const proposal = await insertProposal(ground, tx, { collaboration, change, caller });
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
      const key = { id: wish.contributionId, tenantId: caller.tenantId };
      const { contribution, collaboration } = await lockOwnContribution(tx, key);
      if (contribution.status === 'withdrawn') {
        throw new ServiceError('state_conflict', { detail: 'This contribution has been withdrawn.' });
      }
      await assertRuleFits(tx, { ...contribution, rule: wish.rule, pointer: '' });
      const change = {
        kind: 'set-rule',
        contributionId: contribution.id,
        alias: contribution.alias,
        rule: wish.rule,
      } as const;
      return insertProposal(ground, tx, { collaboration, change, caller });
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

/** The rule may only name attributes, destinations and purposes that exist: a misspelt one would silently allow nothing. */
async function assertRuleFits(
  tx: AuditedTransaction,
  of: { datasetId: string; tenantId: string; rule: AnalysisRule; pointer: string },
): Promise<void> {
  const { datasetId, tenantId, rule, pointer } = of;
  const where = { id: datasetId, tenant_id: tenantId, status: 'active' };
  const row = (await tx.trx('datasets').where(where).first('schema')) as { schema: string } | undefined;
  if (!row) throw notFound('dataset');
  const { columns } = parseDatasetSchema(JSON.parse(row.schema));
  const isAttribute = (name: string) => columns[name]?.role === 'attribute';
  const { activation } = rule;
  const errors = [
    ...unknownOf(rule.filterAttributes, isAttribute, { pointer: '/filter_attributes', noun: 'attribute' }),
    ...unknownOf(rule.breakdownAttributes, isAttribute, { pointer: '/breakdown_attributes', noun: 'attribute' }),
    ...unknownOf(activation.recordAttributes ?? [], isAttribute, {
      pointer: '/activation/record_attributes',
      noun: 'attribute',
    }),
    ...unknownOf(activation.destinations, isDestination, { pointer: '/activation/destinations', noun: 'destination' }),
    ...unknownOf(activation.purposes, isPurpose, { pointer: '/activation/purposes', noun: 'purpose' }),
  ].map((error) => ({ ...error, pointer: pointer + error.pointer }));
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
}

function unknownOf(
  names: readonly string[],
  isKnown: (name: string) => boolean,
  { pointer, noun }: { pointer: string; noun: string },
) {
  return names
    .map((name, index) => ({ name, pointer: `${pointer}/${index}` }))
    .filter(({ name }) => !isKnown(name))
    .map((unknown) => ({ pointer: unknown.pointer, message: `There is no ${noun} of this name.` }));
}

const isDestination = (kind: string) => findDestination(kind) !== undefined;
const isPurpose = (word: string) => (PURPOSES as readonly string[]).includes(word);
