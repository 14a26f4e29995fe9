// The sandbox of each destination, for `ecluse sandbox <kind>`: a server on this machine that plays the platform.
import { startFileSandbox } from './file/sandbox.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox } from './webhook/sandbox.ts';
import { startXandrSandbox } from './xandr/sandbox.ts';

export interface RunningSandbox {
  readonly url: string;
  /** Settings and credentials under which a destination delivers to this sandbox, to be shown to a person. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** The export folder to deliver under, of the file sandbox alone. */
  readonly exportRoot?: string;
  /** Shows as JSON what was received. */
  readonly receivedUrl: string;
  close(): Promise<void>;
}

export const SANDBOX_KINDS = ['xandr', 'file', 'webhook'] as const;
export type SandboxKind = (typeof SANDBOX_KINDS)[number];

export const isSandboxKind = (kind: string): kind is SandboxKind => SANDBOX_KINDS.some((known) => known === kind);

/** Port 0 or none takes any free one. */
export async function startSandbox(kind: SandboxKind, options: { port?: number } = {}): Promise<RunningSandbox> {
  if (kind === 'xandr') {
    const sandbox = await startXandrSandbox(options);
    const settings = { api_url: sandbox.url, member_id: 456, segment_id: 10000 };
    return running(sandbox, settings, { username: 'sandbox', password: 'sandbox' });
  }
  if (kind === 'file') {
    const sandbox = await startFileSandbox(options);
    return { ...running(sandbox, { folder: 'sandbox', id_type: 'customer' }, {}), exportRoot: sandbox.exportRoot };
  }
  const sandbox = await startWebhookSandbox(options);
  return running(sandbox, { url: `${sandbox.url}/hook`, id_type: 'customer' }, { signing_key: SANDBOX_SIGNING_KEY });
}

function running(
  sandbox: { url: string; close(): Promise<void> },
  settings: Record<string, string | number>,
  credentials: Record<string, string>,
): RunningSandbox {
  return {
    url: sandbox.url,
    settings,
    credentials,
    receivedUrl: `${sandbox.url}/sandbox/received`,
    close: () => sandbox.close(),
  };
}
