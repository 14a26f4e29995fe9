// The operations of access requests.
import { instantOf } from '../clock.ts';
import { assertNamed } from '../deletions/deletion-handlers.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { listPage } from '../http/page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { accessRequestBody, accessRequestMapping, accessRequests } from './access-request.ts';
import { handOutAnswer, requestAccess } from './access-service.ts';
import { NAMED_AT_MOST } from './limits.ts';

type Operations = 'listAccessRequests' | 'createAccessRequest' | 'getAccessRequest' | 'getAccessAnswer';

export function accessRequestHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    listAccessRequests: ({ tenantId, query }) => {
      const rows = knex('access_requests').where({ tenant_id: tenantId });
      const now = ground.clock.now();
      if (query.overdue === true) rows.whereNull('answered_at').where('due_at', '<', now.toISOString());
      return listPage(rows, query, (row) => accessRequestBody(accessRequestMapping.fromRow(row as never), now));
    },
    async createAccessRequest(request) {
      const { body, tenantId } = request;
      if (body.received_at !== undefined && new Date(body.received_at).toISOString() > instantOf(ground.clock)) {
        const message = 'A request cannot have come in later than now.';
        throw new ServiceError('request_invalid', { errors: [{ pointer: '/received_at', message }] });
      }
      await assertNamed(ground, tenantId, { persons: body.persons, atMost: NAMED_AT_MOST });
      return accessRequestBody(await requestAccess(ground, tenantCaller(request), body), ground.clock.now());
    },
    async getAccessRequest({ tenantId, params }) {
      const request = await accessRequests.get(knex, params.access_request_id, { tenant_id: tenantId });
      return accessRequestBody(request, ground.clock.now());
    },
    getAccessAnswer: (request) => handOutAnswer(ground, tenantCaller(request), request.params.access_request_id),
  };
}
