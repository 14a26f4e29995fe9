// The contract and the audit log speak of the same events.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAuditEventName } from '../audit/event.ts';

const bundle = JSON.parse(readFileSync(new URL('../openapi/generated/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string; 'x-audit-event': string }>>;
};

test('every audit event that the contract names is one that the log knows', () => {
  const unknown = Object.values(bundle.paths)
    .flatMap((methods) => Object.values(methods))
    .filter((operation) => operation['x-audit-event'] !== 'none' && !isAuditEventName(operation['x-audit-event']))
    .map((operation) => `${operation.operationId}: ${operation['x-audit-event']}`);
  expect(unknown).toEqual([]);
});
