// Lists for LiveRamp, put down in whichever place it picks up from: those who are added and those who are removed apart.
import { listDrop } from '../file-drop/list-client.ts';
import type { PlaceCredentials } from '../file-drop/place.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { filesOf } from './payload.ts';
import type { LiverampSettings } from './settings.ts';

export const liverampClient = (options: {
  settings: LiverampSettings;
  credentials: PlaceCredentials;
  context: ClientContext;
}): DestinationClient => listDrop(options, filesOf);
