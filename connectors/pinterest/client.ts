// Pinterest's calls, as every customer list is filled; what it speaks is in payload.ts.
import { listClient } from '../customer-list/list-client.ts';
import { type RefreshCredentials, RefreshTokens } from '../customer-list/refresh-tokens.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { pinterestProtocol } from './payload.ts';
import type { PinterestSettings } from './settings.ts';

export const pinterestClient = ({
  settings,
  credentials,
  context,
}: {
  settings: PinterestSettings;
  credentials: RefreshCredentials;
  context: ClientContext;
}): DestinationClient =>
  listClient({
    protocol: pinterestProtocol(settings),
    tokens: new RefreshTokens({ tokenUrl: settings.token_url, credentials, context, clientIn: 'basic' }),
    context,
  });
