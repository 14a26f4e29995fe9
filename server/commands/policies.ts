// `ecluse policies`: tries and proposes other policies at a running service, and tells which were in force when.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyCheck, PolicyReport, PolicySet, PolicyVersion } from '../../openapi/generated/api.ts';
import { ask, type ServiceFlags, serviceOf } from './service-client.ts';

export interface PolicyEditFlags extends ServiceFlags {
  /** Files of Cedar, or folders of them. */
  readonly file?: readonly string[];
  readonly remove?: readonly string[];
  readonly json: boolean;
}

export interface PolicyProposalFlags extends PolicyEditFlags {
  readonly comment: string;
  readonly mayAllowMore?: readonly string[];
}

export interface Given {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
}

/** Nothing is stored; the report tells what would change. */
export async function checkPolicies(flags: PolicyEditFlags, given: Given): Promise<void> {
  const check = await ask<PolicyCheck>(serviceOf(flags, given.env), 'POST', '/v1/policy-checks', editOf(flags));
  given.write(flags.json ? `${JSON.stringify(check)}\n` : reportText(check.report));
}

export async function proposePolicies(flags: PolicyProposalFlags, given: Given): Promise<void> {
  const { comment, mayAllowMore = [] } = flags;
  const proposal = { ...editOf(flags), comment, may_allow_more: mayAllowMore };
  const version = await ask<PolicyVersion>(serviceOf(flags, given.env), 'POST', '/v1/policy-versions', proposal);
  const waiting = `${version.id} waits for a second person: GET /v1/approvals?status=pending\n`;
  given.write(flags.json ? `${JSON.stringify(version)}\n` : reportText(version.report) + waiting);
}

export async function listPolicyVersions(
  flags: ServiceFlags & { readonly of?: string; readonly json: boolean },
  given: Given,
): Promise<void> {
  const query = flags.of === undefined ? '' : `?of=${encodeURIComponent(flags.of)}`;
  const path = `/v1/policy-versions${query}`;
  const { items } = await ask<{ items: PolicyVersion[] }>(serviceOf(flags, given.env), 'GET', path);
  given.write(flags.json ? `${JSON.stringify(items)}\n` : items.map(versionLine).join(''));
}

/** The texts in force, or those that a decision names by their hash. */
export async function showPolicies(
  hash: string | undefined,
  flags: ServiceFlags & { readonly json: boolean },
  given: Given,
): Promise<void> {
  const path = hash === undefined ? '/v1/policies' : `/v1/policies/${encodeURIComponent(hash)}`;
  const set = await ask<PolicySet>(serviceOf(flags, given.env), 'GET', path);
  const text = `// ${set.hash}\n\n${set.policies.map((policy) => policy.text).join('\n\n')}\n`;
  given.write(flags.json ? `${JSON.stringify(set)}\n` : text);
}

function editOf({ file = [], remove = [] }: PolicyEditFlags): { text: string; remove: string[] } {
  if (file.length === 0 && remove.length === 0) throw new Error('name what changes: --file <cedar> or --remove <id>');
  return {
    text: file
      .flatMap(cedarFiles)
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n'),
    remove: [...remove],
  };
}

function cedarFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith('.cedar'));
  return names.sort().map((name) => join(path, name));
}

function reportText({ differences, scenarios, history, text }: PolicyReport): string {
  const lines = [
    ...differences.map((one) => `${one.kind}: "${one.title_after ?? one.title_before}" (${one.id}), ${one.strictness}`),
    ...scenarios.changed.map((one) => `scenario "${one.case}": ${one.written} becomes ${one.now}`),
    ...history.releases.map(
      (one) => `${one.instant} ${one.gate} ${one.event_id ?? ''}: ${one.now} (${one.reasons.join(', ')})`,
    ),
    text,
  ];
  return `${lines.join('\n')}\n`;
}

function versionLine({ number, of, status, set_hash, in_force_at, ended_at, comment }: PolicyVersion): string {
  const term = in_force_at === null ? '' : ` from ${in_force_at}${ended_at === null ? '' : ` to ${ended_at}`}`;
  return `${of} ${number} ${status.replace('_', ' ')}${term} ${set_hash.slice(0, 12)} ${comment}\n`;
}
