// Bundles the contract into one file and generates its types. Run as `npm run contract` after editing the YAML.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

const folder = new URL('./', import.meta.url);
const bundle = new URL('generated/openapi.json', folder);

execFileSync(
  process.execPath,
  [
    new URL('../node_modules/@redocly/cli/bin/cli.js', folder).pathname,
    'bundle',
    'openapi.yaml',
    '--config',
    'redocly.yaml',
    '--output',
    bundle.pathname,
  ],
  { cwd: folder.pathname, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, REDOCLY_TELEMETRY: 'off' } },
);

const types = await openapiTS(JSON.parse(readFileSync(bundle, 'utf8')), {
  alphabetize: false,
  defaultNonNullable: false,
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
});
writeFileSync(new URL('generated/api.ts', folder), `${COMMENT_HEADER}${astToString(types)}`);
