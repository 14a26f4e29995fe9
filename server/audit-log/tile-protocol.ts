// Mounts the log's tiles beside the contract: hashes and checkpoints for everyone, entries for the operator alone.
import type { RequestHandler } from 'express';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { callerOf } from '../http/authenticate.ts';
import { asCaller } from '../http/caller-scope.ts';
import { createTileRoutes } from './tile-routes.ts';

/** Entry bundles hold the events of every tenant side by side, so no tenant may read them; its own events it gets by API. */
export function tileProtocol(ground: Ground): { path: string; serve: RequestHandler } {
  const entriesGuard: RequestHandler = async (request, _response, next) => {
    const caller = await callerOf(request, ground);
    if (!caller.roles.includes('operator')) throw new ServiceError('not_found');
    asCaller(caller, () => next());
  };
  return { path: '/', serve: createTileRoutes({ knex: ground.db.knex, entriesGuard }) };
}
