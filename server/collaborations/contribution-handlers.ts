// The operations of contributions, matches and the library of criteria.
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { changeBody, contributionBody, matchBody, ruleOf } from './collaboration-body.ts';
import { getVisibleCollaboration } from './collaboration-store.ts';
import { proposeContribution, proposeRule } from './contribution-proposal.ts';
import { refreshContribution, withdrawContribution } from './contribution-service.ts';
import { contributions } from './contribution-store.ts';
import { criterionBody, listCollaborationCriteria } from './criteria.ts';
import { matches } from './match.ts';
import { createMatch } from './match-service.ts';

type Operations =
  | 'listContributions'
  | 'proposeContribution'
  | 'getContribution'
  | 'proposeRule'
  | 'refreshContribution'
  | 'withdrawContribution'
  | 'listMatches'
  | 'createMatch'
  | 'getMatch'
  | 'listCriteria';

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
    async listMatches({ tenantId, params, query }) {
      const { id } = await visible(params.collaboration_id, tenantId);
      return pageOf(await matches.list(knex, { collaboration_id: id }, pageRange(query)), query, matchBody);
    },
    async createMatch(request) {
      const { left_contribution_id: leftContributionId, right_contribution_id: rightContributionId } = request.body;
      const collaborationId = request.params.collaboration_id;
      const wish = { collaborationId, leftContributionId, rightContributionId };
      return matchBody(await createMatch(ground, tenantCaller(request), wish));
    },
    async getMatch({ tenantId, params }) {
      const match = await matches.get(knex, params.match_id);
      await visible(match.collaborationId, tenantId).catch(() => Promise.reject(notFound('match')));
      return matchBody(match);
    },
    async listCriteria({ tenantId, params }) {
      const { id } = await visible(params.collaboration_id, tenantId);
      const criteria = await listCollaborationCriteria(knex, { collaborationId: id, tenantId });
      return { items: criteria.map(criterionBody) };
    },
  };
}
