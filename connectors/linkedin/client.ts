// LinkedIn's calls, as every customer list is filled; what it speaks is in payload.ts.
import { listClient } from '../customer-list/list-client.ts';
import { type RefreshCredentials, RefreshTokens } from '../customer-list/refresh-tokens.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { linkedinProtocol } from './payload.ts';
import type { LinkedinSettings } from './settings.ts';

export const linkedinClient = ({
  settings,
  credentials,
  context,
}: {
  settings: LinkedinSettings;
  credentials: RefreshCredentials;
  context: ClientContext;
}): DestinationClient =>
  listClient({
    protocol: linkedinProtocol(settings),
    tokens: new RefreshTokens({ tokenUrl: settings.token_url, credentials, context }),
    context,
  });
