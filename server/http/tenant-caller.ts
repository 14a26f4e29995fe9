// A caller that stands in a tenant; an operator does not, and what needs a tenant does not exist for it.
import { notFound } from '../errors.ts';
import type { Caller } from './caller.ts';

export type TenantCaller = Caller & { readonly tenantId: string };

/** Throws `not_found` for an operator: policies refuse it before, and this does not rely on them. */
export function tenantCaller({ caller }: { readonly caller: Caller }): TenantCaller {
  const { tenantId } = caller;
  if (tenantId === null) throw notFound('tenant');
  return { ...caller, tenantId };
}
