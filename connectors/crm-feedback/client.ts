// Flags for a tenant's own tool, put down in whichever place its import reads: one file a batch.
import { listDrop } from '../file-drop/list-client.ts';
import type { PlaceCredentials } from '../file-drop/place.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { filesOf } from './payload.ts';
import type { CrmFeedbackSettings } from './settings.ts';

export const crmFeedbackClient = (options: {
  settings: CrmFeedbackSettings;
  credentials: PlaceCredentials;
  context: ClientContext;
}): DestinationClient => listDrop(options, filesOf);
