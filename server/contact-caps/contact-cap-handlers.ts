// The operations of a tenant's contact cap.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type ContactCap, getContactCap, putContactCap } from './contact-cap.ts';

export function contactCapHandlers(ground: Ground): Pick<Handlers, 'getContactCap' | 'putContactCap'> {
  return {
    getContactCap: async ({ tenantId }) => bodyOf(await getContactCap(ground.db.knex, tenantId)),
    async putContactCap(request) {
      const cap = { audiences: request.body.audiences, windowDays: request.body.window_days };
      await putContactCap(ground, tenantCaller(request), cap);
      return bodyOf(cap);
    },
  };
}

const bodyOf = ({ audiences, windowDays }: ContactCap) => ({ audiences, window_days: windowDays });
