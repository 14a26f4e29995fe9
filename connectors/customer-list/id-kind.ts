// The one kind of identifier that a customer list is filled by. Digests come sealed from the partner's side, and what they
// are was declared there: nothing is guessed from how a value looks.
import { createHash } from 'node:crypto';
import type { ActivationIdType } from '../../identifiers/identifier.ts';
import { findPlatformProfile } from '../../identifiers/platform-profile.ts';
import type { BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_OWN_ID_LENGTH } from './limits.ts';

export type IdKind = 'email' | 'phone' | 'mobile-advertising-id' | 'customer';

const ID_TYPES: Readonly<Record<IdKind, ActivationIdType>> = {
  email: 'platform-digest',
  phone: 'platform-digest',
  'mobile-advertising-id': 'mobile-advertising-id',
  customer: 'customer',
};

export const idTypeOf = (kind: IdKind): ActivationIdType => ID_TYPES[kind];

/** Sealed under one of the platform's profiles, of whatever month, and of the kind of value that is sent. */
export function takesProfile(profile: string, of: { readonly platform: string; readonly kind: IdKind }): boolean {
  const found = findPlatformProfile(profile);
  return found?.name.startsWith(`${of.platform}@`) === true && found.kind === of.kind;
}

export const isHexDigest = (value: string): boolean => /^[0-9a-f]{64}$/.test(value);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Why an id cannot be sent, or undefined. */
export function idFault(id: string, kind: IdKind): string | undefined {
  if (kind === 'email' || kind === 'phone') return isHexDigest(id) ? undefined : 'digest_malformed';
  if (kind === 'customer')
    return /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_OWN_ID_LENGTH ? undefined : 'id_invalid';
  // A device that has advertising switched off gives an id of zeros: that is nobody.
  return UUID.test(id) && !/^[0-]+$/.test(id) ? undefined : 'id_invalid';
}

/** For platforms that take mobile ids as SHA-256 of their lower-case form, hyphens kept. */
export const mobileIdDigest = (id: string): string => createHash('sha256').update(id.toLowerCase()).digest('hex');

export function listRules(
  kind: IdKind,
  bounds: { readonly maxRows: number; readonly maxBytes: number; readonly extraBytes: number },
): BatchRules {
  return {
    checkRow: (id) => {
      const fault = idFault(id, kind);
      return fault === undefined ? undefined : new RowError(fault);
    },
    // A mobile id goes out as a longer digest.
    rowBytes: (id) => Math.max(64, id.length) + bounds.extraBytes,
    maxRows: bounds.maxRows,
    maxBytes: bounds.maxBytes,
    idForm: 'text',
  };
}
