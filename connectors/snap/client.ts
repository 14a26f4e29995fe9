// Snap's calls, as every customer list is filled; what it speaks is in payload.ts.
import { listClient } from '../customer-list/list-client.ts';
import { type RefreshCredentials, RefreshTokens } from '../customer-list/refresh-tokens.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { snapProtocol } from './payload.ts';
import type { SnapSettings } from './settings.ts';

export const snapClient = ({
  settings,
  credentials,
  context,
}: {
  settings: SnapSettings;
  credentials: RefreshCredentials;
  context: ClientContext;
}): DestinationClient =>
  listClient({
    protocol: snapProtocol(settings),
    tokens: new RefreshTokens({ tokenUrl: settings.token_url, credentials, context }),
    context,
  });
