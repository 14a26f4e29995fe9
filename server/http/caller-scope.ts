// Runs the work of a request within the rows of its caller: a member's tenant, or the service for an operator.
import type { RequestHandler } from 'express';
import { asNobody, asService, asTenant } from '../database/row-scope.ts';
import type { Caller } from './caller.ts';

export function asCaller<T>(caller: Caller, work: () => T): T {
  if (caller.tenantId !== null) return asTenant(caller.tenantId, work);
  return caller.roles.includes('operator') ? asService(work) : asNobody(work);
}

/** The outermost layer: until somebody is proven, a request runs for nobody, whoever opened the port. */
export const forNobody: RequestHandler = (_request, _response, next) => asNobody(() => next());
