// Files in a folder, put down as every place takes them: one file a batch, the manifest last.
import { DropClient } from '../file-drop/drop-client.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { openExportFolder } from './export-folder.ts';
import { fileOf } from './payload.ts';
import type { FileSettings } from './settings.ts';

export const fileClient = ({
  settings,
  context,
}: {
  settings: FileSettings;
  credentials: Record<string, never>;
  context: ClientContext;
}): DestinationClient =>
  new DropClient({
    settings,
    context,
    fileOf: (batch) => fileOf(batch, settings),
    openFolder: () => openExportFolder(context.exportRoot, settings.folder),
  });
