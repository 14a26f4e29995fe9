// The operations of destinations.
import { describeDestination, listDestinations } from '../../connectors/registry.ts';
import type { Destination as DestinationBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type ConfiguredDestination, destinations } from './destination.ts';
import { chooseAudience, listAudiences } from './destination-audiences.ts';
import { createDestination, deleteDestination, requestDestinationTest } from './destination-service.ts';

type Operations =
  | 'listDestinationKinds'
  | 'listDestinations'
  | 'createDestination'
  | 'getDestination'
  | 'deleteDestination'
  | 'testDestination'
  | 'listPlatformAudiences'
  | 'choosePlatformAudience';

export function destinationHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async listDestinationKinds() {
      return { items: listDestinations().map(describeDestination) };
    },
    async listDestinations({ tenantId, query }) {
      const where = { tenant_id: tenantId, deleted_at: null };
      return pageOf(await destinations.list(knex, where, pageRange(query)), query, destinationBody);
    },
    async createDestination(request) {
      const { name, kind, region, settings, credentials } = request.body;
      const draft = { name, kind, region, settings, credentials: credentials ?? {} };
      return destinationBody(await createDestination(ground, tenantCaller(request), draft));
    },
    async getDestination({ tenantId, params }) {
      const where = { tenant_id: tenantId, deleted_at: null };
      return destinationBody(await destinations.get(knex, params.destination_id, where));
    },
    async deleteDestination(request) {
      await deleteDestination(ground, tenantCaller(request), request.params.destination_id);
      return undefined;
    },
    async testDestination(request) {
      const id = request.params.destination_id;
      return { job_id: await requestDestinationTest(ground, tenantCaller(request), id), subject_id: id };
    },
    async listPlatformAudiences(request) {
      return { items: await listAudiences(ground, tenantCaller(request), request.params.destination_id) };
    },
    async choosePlatformAudience(request) {
      const { id, name } = request.body;
      const wish = id === undefined ? { name: name ?? '' } : { id };
      return chooseAudience(ground, tenantCaller(request), { id: request.params.destination_id, wish });
    },
  };
}

function destinationBody(destination: ConfiguredDestination): DestinationBody {
  return {
    id: destination.id,
    name: destination.name,
    kind: destination.kind,
    region: destination.region,
    settings: { ...destination.settings },
    created_at: destination.createdAt,
    last_tested_at: destination.lastTestedAt,
    last_test_outcome: destination.lastTestOutcome,
  };
}
