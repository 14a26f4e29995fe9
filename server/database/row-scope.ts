// Whose rows the running work may touch: one tenant's, the whole service's, or nobody's. PostgreSQL enforces it by row-level
// security; the scope travels with the asynchronous work, so that no query has to name it and none can forget it.
import { AsyncLocalStorage } from 'node:async_hooks';

/** The whole service: its own start, authentication, the sweeper, the worker's loop. Never the work of a request. */
export const SERVICE_SCOPE = '*';
const NOBODY = '';

const scopes = new AsyncLocalStorage<string>();

/** Unset is nobody: work that never said for whom it runs sees no tenant's row. */
export function currentScope(): string {
  return scopes.getStore() ?? NOBODY;
}

export function asTenant<T>(tenantId: string, work: () => T): T {
  if (!/^ten_[0-9a-z]{1,36}$/.test(tenantId)) throw new Error('a scope is named by the id of a tenant');
  return scopes.run(tenantId, work);
}

export function asService<T>(work: () => T): T {
  return scopes.run(SERVICE_SCOPE, work);
}

/** A request before its caller is proven. */
export function asNobody<T>(work: () => T): T {
  return scopes.run(NOBODY, work);
}
