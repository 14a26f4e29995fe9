// `ecluse sandbox <kind>`: plays a platform on this machine until it is told to end.
import { isSandboxKind, SANDBOX_KINDS, startSandbox } from '../../connectors/sandbox-registry.ts';

export async function runSandbox(kind: string, { port }: { port: number }): Promise<void> {
  if (!isSandboxKind(kind)) throw new Error(`there is no sandbox ${kind}; there are ${SANDBOX_KINDS.join(', ')}`);
  const sandbox = await startSandbox(kind, { port });
  const lines = [
    `The ${kind} sandbox listens on ${sandbox.url}`,
    `  settings     ${JSON.stringify(sandbox.settings)}`,
    `  credentials  ${JSON.stringify(sandbox.credentials)}`,
    `  received     ${sandbox.receivedUrl}`,
    'The service reaches it when started with --allow-private-destinations true.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await sandbox.close();
}
