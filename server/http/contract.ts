// The bundled contract, read once at boot. An operation without a permission or an audit event stops the boot.
import { readFileSync } from 'node:fs';
import type { OperationId } from './operation.ts';

export interface ContractOperation {
  readonly id: OperationId;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in the contract, with `{name}`. */
  readonly path: string;
  readonly permission: string;
  readonly auditEvent: string;
  readonly successStatus: number;
  /** The media type of an answer that is text and no JSON. */
  readonly textType: (typeof TEXT_TYPES)[number] | undefined;
  readonly idempotent: boolean;
  readonly summary: string;
  readonly tag: string;
}

export interface ContractDocument {
  readonly openapi: string;
  readonly info: { title: string; version: string; description?: string };
  readonly tags?: { name: string; description?: string }[];
  readonly paths: Record<string, Record<string, RawOperation>>;
  readonly components: { schemas: Record<string, unknown>; [kind: string]: unknown };
}

export interface RawOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: string[];
  readonly parameters?: { $ref?: string; name?: string; in?: string }[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
  readonly 'x-permission'?: string;
  readonly 'x-audit-event'?: string;
}

export function readContract(): ContractDocument {
  return JSON.parse(
    readFileSync(new URL('../../openapi/generated/openapi.json', import.meta.url), 'utf8'),
  ) as ContractDocument;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Throws with every fault of the contract at once. */
export function operationsOf(contract: ContractDocument): ContractOperation[] {
  const faults: string[] = [];
  const operations: ContractOperation[] = [];
  for (const [path, methods] of Object.entries(contract.paths)) {
    for (const method of METHODS) {
      const raw = methods[method];
      if (raw === undefined) continue;
      if (!raw['x-permission']) faults.push(`${raw.operationId} has no x-permission`);
      if (!raw['x-audit-event']) faults.push(`${raw.operationId} has no x-audit-event`);
      operations.push(operationOf(raw, path, method));
    }
  }
  if (faults.length > 0) throw new Error(`the contract cannot be served: ${faults.join('; ')}`);
  return operations;
}

const TEXT_TYPES = ['text/plain', 'text/csv', 'application/x-ndjson', 'application/zip'] as const;

function operationOf(raw: RawOperation, path: string, method: ContractOperation['method']): ContractOperation {
  const success = Object.keys(raw.responses).find((status) => /^[23]/.test(status)) ?? '200';
  return {
    id: raw.operationId as OperationId,
    method,
    path,
    permission: raw['x-permission'] ?? '',
    auditEvent: raw['x-audit-event'] ?? '',
    successStatus: Number(success),
    textType: TEXT_TYPES.find((type) => raw.responses[success]?.content?.[type] !== undefined),
    idempotent: (raw.parameters ?? []).some((p) => p.name === 'Idempotency-Key' || p.$ref?.endsWith('/IdempotencyKey')),
    summary: raw.summary ?? '',
    tag: raw.tags?.[0] ?? '',
  };
}
