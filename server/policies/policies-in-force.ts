// The policies in force in this process: those of the service, and for what a tenant's own policies bind, those together.
// `refresh` reads which versions are in force; it runs before every request, every job and every release.
import type { Knex } from 'knex';
import {
  type Decision,
  loadPolicySet,
  makePolicySet,
  type Policy,
  type PolicyRequest,
  type PolicySet,
  shippedSource,
} from '../../policies/decide.ts';
import { FLOOR, strictnessBetween } from '../../policies/floor.ts';
import { namedAddition } from '../../policies/policy-edit.ts';
import { parsePolicies } from '../../policies/policy-source.ts';
import { asService } from '../database/row-scope.ts';
import { findPolicySet, type StoredPolicy } from './policy-set-store.ts';
import { type PolicyVersion, policyVersions } from './policy-version.ts';

export class PoliciesInForce implements PolicySet {
  readonly #knex: Knex;
  readonly #shipped = loadPolicySet();
  readonly #bound = new Map<string, PolicySet>();
  #service: PolicySet = this.#shipped;
  #additions = new Map<string, readonly Policy[]>();
  #versions = '';

  constructor({ knex }: { readonly knex: Knex }) {
    this.#knex = knex;
  }

  get hash(): string {
    return this.#service.hash;
  }

  get policies(): readonly Policy[] {
    return this.#service.policies;
  }

  get shipped(): PolicySet {
    return this.#shipped;
  }

  decide(request: PolicyRequest): Decision {
    return this.boundBy(request.boundBy ?? []).decide(request);
  }

  /** The service's policies with those that these tenants added. */
  boundBy(tenantIds: readonly string[]): PolicySet {
    const adding = [...new Set(tenantIds)].filter((tenantId) => this.additionsOf(tenantId).length > 0).sort();
    if (adding.length === 0) return this.#service;
    const name = adding.join(' ');
    const known = this.#bound.get(name);
    if (known !== undefined) return known;
    const made = this.withAdditions(new Map(adding.map((tenantId) => [tenantId, this.additionsOf(tenantId)])));
    this.#bound.set(name, made);
    return made;
  }

  additionsOf(tenantId: string): readonly Policy[] {
    return this.#additions.get(tenantId) ?? [];
  }

  /** The service's policies with others than those in force. Throws PolicyError. */
  withAdditions(additions: ReadonlyMap<string, readonly Policy[]>): PolicySet {
    const added = [...additions].flatMap(([tenantId, own]) => own.map((policy) => namedAddition(tenantId, policy)));
    return makePolicySet({ schema: shippedSource().schema, policies: [...this.#service.policies, ...added] });
  }

  /** True when other policies are in force than before. */
  async refresh(): Promise<boolean> {
    const rows = await asService(async () =>
      this.#knex('policy_versions').where({ status: 'in_force' }).orderBy('id').select('id'),
    );
    const versions = (rows as { id: string }[]).map(({ id }) => id).join(' ');
    if (versions === this.#versions) return false;
    const inForce = await asService(() => policyVersions.listAll(this.#knex, { status: 'in_force' }));
    const service = await this.#serviceSet(inForce.find(({ tenantId }) => tenantId === null));
    this.#service = service;
    this.#additions = new Map(
      inForce.flatMap(({ tenantId, policies }) => (tenantId === null ? [] : [[tenantId, parsed(policies)]])),
    );
    this.#bound.clear();
    this.#versions = versions;
    return true;
  }

  /** The version as it was approved or, where the service has shipped other policies since, carried over to those. */
  async #serviceSet(version: PolicyVersion | undefined): Promise<PolicySet> {
    if (version === undefined) return this.#shipped;
    const { schema, policies: shipped } = shippedSource();
    const edited = parsed(version.policies);
    if (version.shippedHash === this.#shipped.hash) return makePolicySet({ schema, policies: edited });
    const basis = (await findPolicySet(this.#knex, version.shippedHash))?.source.policies ?? [];
    return makePolicySet({ schema, policies: carriedOver({ basis, edited, shipped }) });
  }
}

function parsed(policies: readonly StoredPolicy[]): Policy[] {
  return policies.flatMap(({ text }) => parsePolicies(text));
}

/**
 * An edit on top of what ships now. What was not edited follows the shipped text, what was edited stays, what was removed stays
 * away, what is new comes in; a floor that ships stricter than the edit is taken as it ships.
 */
export function carriedOver(of: {
  basis: readonly Policy[];
  edited: readonly Policy[];
  shipped: readonly Policy[];
}): Policy[] {
  const [basis, edited] = [byId(of.basis), byId(of.edited)];
  const kept = of.shipped.flatMap((policy) => {
    const own = edited.get(policy.id);
    if (own === undefined) return basis.has(policy.id) && !FLOOR.includes(policy.id) ? [] : [policy];
    const isEdited = own.text !== basis.get(policy.id)?.text;
    const isBelow = FLOOR.includes(policy.id) && strictnessBetween(policy, own) === 'may-allow-more';
    return [isEdited && !isBelow ? own : policy];
  });
  const shippedIds = new Set(of.shipped.map(({ id }) => id));
  const added = of.edited.filter(({ id, text }) => !shippedIds.has(id) && basis.get(id)?.text !== text);
  return [...kept, ...added];
}

function byId(policies: readonly Policy[]): Map<string, Policy> {
  return new Map(policies.map((policy) => [policy.id, policy]));
}
