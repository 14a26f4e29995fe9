// Files on a server, put down as every place takes them: one file a batch, the manifest last.
import { DropClient } from '../file-drop/drop-client.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { fileOf } from './payload.ts';
import { openServerFolder } from './server-folder.ts';
import type { SftpCredentials, SftpSettings } from './settings.ts';

export const sftpClient = ({
  settings,
  credentials,
  context,
}: {
  settings: SftpSettings;
  credentials: SftpCredentials;
  context: ClientContext;
}): DestinationClient =>
  new DropClient({
    settings,
    context,
    fileOf: (batch) => fileOf(batch, settings),
    openFolder: () => openServerFolder({ settings, credentials, context }),
  });
