// Rules about the contract as a whole: closed schemas, declared permissions and audit events, current generated files.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Node = { [key: string]: unknown };
const bundle = JSON.parse(readFileSync(new URL('generated/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Node>>;
  components: { schemas: Record<string, Node> };
};
const operations = Object.entries(bundle.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
/** Schemas that another parser of ours checks; everything else is closed. */
const OPEN_SCHEMAS = new Set(['DatasetSchema', 'SegmentExpression']);
const OPEN_FIELDS = new Set(['settings', 'credentials', 'detail', 'limits']);

function openObjects(node: unknown, where: string): string[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => openObjects(item, `${where}/${index}`));
  if (node === null || typeof node !== 'object') return [];
  const object = node as Node;
  const name = where.split('/').at(-1) ?? '';
  const isOpen =
    object.type === 'object' && (object.additionalProperties === undefined || object.additionalProperties === true);
  const allowed = OPEN_SCHEMAS.has(name) || OPEN_FIELDS.has(name);
  const below = Object.entries(object).flatMap(([key, value]) => openObjects(value, `${where}/${key}`));
  return isOpen && !allowed ? [where, ...below] : below;
}

test('every object of the contract is closed, but for those that a parser of ours checks', () => {
  expect(openObjects(bundle, '')).toEqual([]);
});

test('every operation names its permission and its audit event, and every change has one', () => {
  for (const { path, method, operation } of operations) {
    expect(operation['x-permission'], `${method} ${path}`).toMatch(/^(setup|public|session|[a-z-]+:[a-z]+)$/);
    expect(operation['x-audit-event'], `${method} ${path}`).toMatch(/^(none|[a-z-]+\.[a-z-]+)$/);
    const changes = method !== 'get' && operation.operationId !== 'parseSegment';
    if (changes) expect(operation['x-audit-event'], `${method} ${path}`).not.toBe('none');
  }
});

test('operation ids are unique', () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the generated files are those of the contract', () => {
  const read = () =>
    ['openapi.json', 'api.ts'].map((name) => readFileSync(new URL(`generated/${name}`, import.meta.url), 'utf8'));
  const before = read();
  execFileSync(process.execPath, [new URL('generate.ts', import.meta.url).pathname], { stdio: 'ignore' });
  expect(read()).toEqual(before);
});

test('the contract is lint clean', () => {
  const folder = new URL('./', import.meta.url).pathname;
  const program = new URL('../node_modules/@redocly/cli/bin/cli.js', import.meta.url).pathname;
  const lint = [program, 'lint', `${folder}openapi.yaml`, '--config', `${folder}redocly.yaml`, '--format', 'json'];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const found = JSON.parse(execFileSync(process.execPath, lint, { encoding: 'utf8', stdio: 'pipe', env })) as {
    totals: { errors: number; warnings: number };
  };
  expect(found.totals).toMatchObject({ errors: 0, warnings: 0 });
});
