// Amazon Marketing Cloud's calls, as every customer list is filled; what it speaks is in payload.ts.
import { listClient } from '../customer-list/list-client.ts';
import { type RefreshCredentials, RefreshTokens } from '../customer-list/refresh-tokens.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { amazonAmcProtocol } from './payload.ts';
import type { AmazonAmcSettings } from './settings.ts';

export const amazonAmcClient = ({
  settings,
  credentials,
  context,
}: {
  settings: AmazonAmcSettings;
  credentials: RefreshCredentials;
  context: ClientContext;
}): DestinationClient =>
  listClient({
    protocol: amazonAmcProtocol(settings, {
      clientId: credentials.client_id,
      decidedPurpose: context.delivery.purpose,
    }),
    tokens: new RefreshTokens({ tokenUrl: settings.token_url, credentials, context }),
    context,
  });
