// Founds the two organisations: the operator makes each tenant, its admin invites people, everybody gets a key of their own.
import type { Role } from '../../openapi/generated/api.ts';
import { type Actor, actorOf, answer } from './api.ts';

export interface Organisation {
  readonly name: string;
  readonly tenantId: string;
  readonly admin: Actor;
  readonly engineer: Actor;
  readonly analyst: Actor;
  readonly officer: Actor;
}

/** The one-time admin token becomes the operator's key. */
export async function becomeOperator(service: { url: string; adminToken: string }): Promise<Actor> {
  const newcomer = actorOf(service, { name: 'whoever started the service', secret: service.adminToken });
  const { secret } = await answer('setting up the service', newcomer.api.POST('/v1/setup'));
  return actorOf(service, { name: 'operator', secret });
}

export async function foundOrganisations<Name extends string>(
  service: { url: string },
  operator: Actor,
  names: Record<Name, string>,
): Promise<Record<Name, Organisation>> {
  const founded = {} as Record<Name, Organisation>;
  for (const [key, name] of Object.entries(names) as [Name, string][]) {
    founded[key] = await foundOrganisation(service, operator, name);
  }
  return founded;
}

async function foundOrganisation(service: { url: string }, operator: Actor, name: string): Promise<Organisation> {
  const body = { name, region: 'eu', admin_name: `${name} admin` };
  const { tenant, secret } = await answer(`founding ${name}`, operator.api.POST('/v1/tenants', { body }));
  const admin = actorOf(service, { name: `${name} admin`, secret });
  const hire = (role: Role) => hireMember(service, admin, { name: `${name} ${role}`, role });
  return {
    name,
    tenantId: tenant.id,
    admin,
    engineer: await hire('data-engineer'),
    analyst: await hire('analyst'),
    officer: await hire('compliance-officer'),
  };
}

async function hireMember(
  service: { url: string },
  admin: Actor,
  { name, role }: { name: string; role: Role },
): Promise<Actor> {
  const member = await answer(`hiring ${name}`, admin.api.POST('/v1/members', { body: { name, roles: [role] } }));
  const body = { member_id: member.id, name: 'demo' };
  const { secret } = await answer(`a key for ${name}`, admin.api.POST('/v1/api-keys', { body }));
  return actorOf(service, { name, secret });
}
