// The countries whose numbering plans the normalisation of telephone numbers knows.
import { isCountry } from '../../../identifiers/country.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

/** ISO 3166-1 alpha-2. */
export const COUNTRIES: readonly string[] = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(
  isCountry,
);
