// Files in a bucket, put down as every place takes them: one file a batch, the manifest last.
import { DropClient } from '../file-drop/drop-client.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { BucketFolder } from './bucket-folder.ts';
import { fileOf } from './payload.ts';
import type { S3Credentials, S3Settings } from './settings.ts';

export const s3Client = ({
  settings,
  credentials,
  context,
}: {
  settings: S3Settings;
  credentials: S3Credentials;
  context: ClientContext;
}): DestinationClient =>
  new DropClient({
    settings,
    context,
    fileOf: (batch) => fileOf(batch, settings),
    openFolder: async () => new BucketFolder({ settings, credentials, context }),
  });
