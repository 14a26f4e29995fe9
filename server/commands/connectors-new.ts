// `ecluse connectors new <name>`: writes the folder of a new destination into a checkout of this project.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { scaffoldDestination } from '../../connectors/scaffold/scaffold.ts';

export async function runConnectorsNew(kind: string, { folder }: { folder: string }): Promise<void> {
  if (!existsSync(join(folder, 'kit/define-destination.ts')))
    throw new Error(`${folder} is not the connectors folder of a checkout; run this at its root, or give --folder`);
  const { files, next } = await scaffoldDestination(folder, kind);
  const lines = [
    'Written:',
    ...files.map((file) => `  ${relative('.', file)}`),
    'Next:',
    ...next.map((step) => `  ${step}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
