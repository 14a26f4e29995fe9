// The platform's bucket as a server of ours: files below submitted/ are read when the bucket is looked at, applied, and moved.
import { type S3Sandbox, SANDBOX_KEYS, startS3Sandbox } from '../s3/sandbox.ts';
import type { SandboxObjects } from '../s3/sandbox-objects.ts';
import type { LineLayout } from './legacy-line.ts';
import { isAvro, readAvroUsers } from './sandbox-avro.ts';
import {
  applyUsers,
  type FileUsers,
  type Memberships,
  type SegmentRules,
  textOf,
  usersOfText,
} from './sandbox-segments.ts';

export { SANDBOX_KEYS };

export interface DropSandboxOptions extends SegmentRules {
  readonly port?: number;
  readonly memberId: number;
  readonly region: string;
  readonly layout: LineLayout;
}
export interface DropSandbox extends S3Sandbox {
  readonly memberships: Memberships;
}

export async function startXandrDropSandbox(options: DropSandboxOptions): Promise<DropSandbox> {
  const memberships: Memberships = new Map();
  const bucket = `bss-${options.memberId}-${options.region}`;
  const sandbox = await startS3Sandbox({
    ...(options.port === undefined ? {} : { port: options.port }),
    bucket,
    beforeList: (store) => takeSubmitted(store, options, memberships),
  });
  return { ...sandbox, memberships };
}

async function takeSubmitted(
  store: SandboxObjects,
  options: DropSandboxOptions,
  memberships: Memberships,
): Promise<void> {
  for (const [key, object] of [...store.objects].filter(([name]) => name.startsWith('submitted/'))) {
    const users = await readUsers(object.bytes, options.layout).catch(() => undefined);
    if (users !== undefined) applyUsers(users, options, memberships);
    store.objects.delete(key);
    const folder = users === undefined ? 'failed' : 'done';
    store.objects.set(`${folder}/${key.slice('submitted/'.length)}-JOB_${store.objects.size + 1}`, object);
  }
}

async function readUsers(bytes: Buffer, layout: LineLayout): Promise<FileUsers | undefined> {
  if (isAvro(bytes)) return readAvroUsers(bytes);
  const text = textOf(bytes);
  return text === undefined ? undefined : usersOfText(text, layout);
}
