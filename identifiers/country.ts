// ISO 3166-1 alpha-2 codes that have telephone numbers, as libphonenumber knows them.
import { isSupportedCountry } from 'libphonenumber-js/min';

export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && isSupportedCountry(code);
}
