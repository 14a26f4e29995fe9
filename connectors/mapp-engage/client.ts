// Files for Engage's import, put down on its server or in a folder: one a batch, and one more where an import unsubscribes.
import { listDrop } from '../file-drop/list-client.ts';
import type { PlaceCredentials } from '../file-drop/place.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { filesOf } from './payload.ts';
import type { MappEngageSettings } from './settings.ts';

export const mappEngageClient = (options: {
  settings: MappEngageSettings;
  credentials: PlaceCredentials;
  context: ClientContext;
}): DestinationClient => listDrop(options, filesOf);
