// A client of one store under the keys it is given and no others: nothing of this machine's environment, profiles or metadata
// service is looked at, and every request goes out through the egress.
import { S3Client } from '@aws-sdk/client-s3';
import type { Egress } from '../kit/egress.ts';
import { egressHandler } from './egress-handler.ts';
import { endpointOf, type S3Credentials, type S3Settings } from './settings.ts';

export type StorePlace = Pick<S3Settings, 'endpoint_url' | 'region' | 'bucket' | 'addressing'>;

export function storeClient(of: { settings: StorePlace; credentials: S3Credentials; egress: Egress }): S3Client {
  const { settings, credentials, egress } = of;
  return new S3Client({
    region: settings.region,
    endpoint: endpointOf(settings).origin,
    forcePathStyle: settings.addressing === 'path',
    credentials: {
      accessKeyId: credentials.access_key_id,
      secretAccessKey: credentials.secret_access_key,
      ...(credentials.session_token === undefined ? {} : { sessionToken: credentials.session_token }),
    },
    requestHandler: egressHandler(egress),
    // The kit retries; an endpoint of this machine's files must not change where data goes.
    maxAttempts: 1,
    followRegionRedirects: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    disableS3ExpressSessionAuth: true,
    // Many compatible stores refuse the newer checksum headers; the signature covers every byte of a body already.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
