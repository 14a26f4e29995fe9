// Operations of the contract whose feature is not part of this build yet: each answers `unavailable`, none is left out silently.
import { ServiceError } from './errors.ts';
import { operationsOf, readContract } from './http/contract.ts';
import type { Handlers } from './http/operation.ts';

export function unservedHandlers(): Handlers {
  const refuse = async () => {
    throw new ServiceError('unavailable', { detail: 'This build does not serve this operation.' });
  };
  return Object.fromEntries(operationsOf(readContract()).map(({ id }) => [id, refuse])) as unknown as Handlers;
}
