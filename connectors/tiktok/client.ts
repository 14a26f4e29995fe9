// TikTok's calls, as every customer list is filled; what it speaks is in payload.ts.
import { listClient } from '../customer-list/list-client.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { tiktokProtocol } from './payload.ts';
import type { TiktokCredentials, TiktokSettings } from './settings.ts';

export const tiktokClient = ({
  settings,
  credentials,
  context,
}: {
  settings: TiktokSettings;
  credentials: TiktokCredentials;
  context: ClientContext;
}): DestinationClient =>
  listClient({
    protocol: tiktokProtocol(settings),
    tokens: { token: async () => credentials.access_token },
    context,
  });
