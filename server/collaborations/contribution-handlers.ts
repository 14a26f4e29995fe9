// The operations of contributions.
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { changeBody, contributionBody, ruleOf } from './collaboration-body.ts';
import { getVisibleCollaboration } from './collaboration-store.ts';
import { proposeContribution, proposeRule } from './contribution-proposal.ts';
import { refreshContribution, withdrawContribution } from './contribution-service.ts';
import { contributions } from './contribution-store.ts';

type Operations =
  | 'listContributions'
  | 'proposeContribution'
  | 'getContribution'
  | 'proposeRule'
  | 'refreshContribution'
  | 'withdrawContribution';

export function contributionHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  const visible = (id: string, tenantId: string) => getVisibleCollaboration(knex, { id, tenantId });
  return {
    async listContributions({ tenantId, params, query }) {
      const { id } = await visible(params.collaboration_id, tenantId);
      const found = await contributions.list(knex, { collaboration_id: id }, pageRange(query));
      return pageOf(found, query, (contribution) => contributionBody(contribution, tenantId));
    },
    async proposeContribution(request) {
      const { dataset_id: datasetId, alias, rule } = request.body;
      const offer = { collaborationId: request.params.collaboration_id, datasetId, alias, rule: ruleOf(rule) };
      return contributionBody(await proposeContribution(ground, tenantCaller(request), offer), request.tenantId);
    },
    async getContribution({ tenantId, params }) {
      const contribution = await contributions.get(knex, params.contribution_id);
      await visible(contribution.collaborationId, tenantId).catch(() => Promise.reject(notFound('contribution')));
      return contributionBody(contribution, tenantId);
    },
    async proposeRule(request) {
      const wish = { contributionId: request.params.contribution_id, rule: ruleOf(request.body) };
      return changeBody(await proposeRule(ground, tenantCaller(request), wish));
    },
    async refreshContribution(request) {
      const id = request.params.contribution_id;
      return { job_id: await refreshContribution(ground, tenantCaller(request), id), subject_id: id };
    },
    async withdrawContribution(request) {
      const id = request.params.contribution_id;
      return { job_id: await withdrawContribution(ground, tenantCaller(request), id), subject_id: id };
    },
  };
}
