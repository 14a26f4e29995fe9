// The operation of evidence packs, for the officers of a tenant.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { makeEvidencePack } from './evidence-pack.ts';
import type { Shown } from './evidence-records.ts';

/** `handlers`: every other operation, since a pack shows things as they do. */
export function evidenceHandlers(ground: Ground, handlers: Shown): Pick<Handlers, 'createEvidencePack'> {
  return {
    createEvidencePack: ({ tenantId, caller, requestId, body }) =>
      makeEvidencePack(ground, handlers, { tenantId, caller, requestId, request: body }),
  };
}
