// Which ids Xandr takes. 0 is the platform's "no user" (an opt-out), never a person.

const MAX_UINT64 = '18446744073709551615';

/** A decimal unsigned 64-bit number without sign or leading zero, and not 0. */
export function isXandrUserId(id: string): boolean {
  if (id.length > 20 || !/^[1-9][0-9]*$/.test(id)) return false;
  return id.length < 20 || id <= MAX_UINT64;
}

/** A device id in the 8-4-4-4-12 form, and not the all-zero id of people who opted out of tracking. */
export function isDeviceId(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id) && !/^[0-]+$/.test(id);
}
