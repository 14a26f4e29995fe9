// The deprecated signature of bodies: base64 of HMAC-SHA1 over the very bytes sent, all of them.
import { createHmac } from 'node:crypto';

export const bodySignature = (body: Uint8Array, secret: string): string =>
  createHmac('sha1', secret).update(body).digest('base64');
