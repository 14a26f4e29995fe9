// What a tenant's officer may read of a thing, taken from the very operations that show it: a pack holds nothing that the API would
// not show the same member.
import { ServiceError } from '../errors.ts';
import type { Handlers, OperationId } from '../http/operation.ts';

export type RecordBody = Readonly<Record<string, unknown>>;

export interface Records {
  /** Throws `not_found`, and `request_invalid` for an id of nothing that is packed. */
  get(id: string): Promise<RecordBody>;
  find(id: string): Promise<RecordBody | undefined>;
}

/** Of each kind of id the operation that shows one, and what its path calls the id. */
const SHOWN_BY: Readonly<Record<string, readonly [OperationId, string]>> = {
  dlv: ['getDelivery', 'delivery_id'],
  act: ['getActivation', 'activation_id'],
  aud: ['getAudience', 'audience_id'],
  seg: ['getSegment', 'segment_id'],
  apr: ['getApproval', 'approval_id'],
  dst: ['getDestination', 'destination_id'],
  col: ['getCollaboration', 'collaboration_id'],
  con: ['getContribution', 'contribution_id'],
  run: ['getRun', 'run_id'],
  rmv: ['getRemoval', 'removal_id'],
  del: ['getDeletionRequest', 'deletion_request_id'],
  acc: ['getAccessRequest', 'access_request_id'],
};

export type Shown = Omit<Handlers, 'createEvidencePack'>;
export type Asking = Pick<Parameters<Handlers['getDelivery']>[0], 'caller' | 'tenantId' | 'requestId'>;

export function isPacked(id: string): boolean {
  return SHOWN_BY[id.slice(0, 3)] !== undefined;
}

export function recordsFor(handlers: Shown, asking: Asking): Records {
  const known = new Map<string, Promise<RecordBody>>();
  const read = async (id: string): Promise<RecordBody> => {
    const [operation, name] = SHOWN_BY[id.slice(0, 3)] ?? [];
    if (operation === undefined || name === undefined) throw new ServiceError('request_invalid');
    const show = handlers[operation as keyof Shown] as unknown as (request: object) => Promise<RecordBody>;
    return show({ ...asking, params: { [name]: id }, query: {}, body: undefined });
  };
  const get = (id: string): Promise<RecordBody> => {
    const found = known.get(id) ?? read(id);
    known.set(id, found);
    return found;
  };
  const find = (id: string) =>
    get(id).catch((error: unknown) => {
      if (error instanceof ServiceError && error.code === 'not_found') return undefined;
      throw error;
    });
  return { get, find };
}
