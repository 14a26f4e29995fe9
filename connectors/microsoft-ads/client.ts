// Microsoft Advertising's calls, as every customer list is filled; what it speaks is in payload.ts.
import { listClient } from '../customer-list/list-client.ts';
import { RefreshTokens } from '../customer-list/refresh-tokens.ts';
import type { ClientContext, DestinationClient } from '../kit/define-destination.ts';
import { microsoftAdsProtocol, MICROSOFT_ADS_SCOPE as scope } from './payload.ts';
import type { MicrosoftAdsCredentials, MicrosoftAdsSettings } from './settings.ts';

export const microsoftAdsClient = ({
  settings,
  credentials,
  context,
}: {
  settings: MicrosoftAdsSettings;
  credentials: MicrosoftAdsCredentials;
  context: ClientContext;
}): DestinationClient =>
  listClient({
    protocol: microsoftAdsProtocol(settings, credentials.developer_token),
    tokens: new RefreshTokens({ tokenUrl: settings.token_url, credentials, context, scope }),
    context,
  });
