// The published vocabulary of purposes, and what each needs in the signals of the IAB. docs/purposes.md says the same; a test holds
// the two together.

/** Purposes of the TCF, all of which must be agreed to. None: no string of that kind can agree to it. */
export const TCF_PURPOSES: Readonly<Record<string, readonly number[]>> = {
  advertising: [1, 2, 3, 4],
  measurement: [1, 7],
  personalisation: [1, 5, 6],
  analytics: [1, 8, 9],
  'email-marketing': [],
};

/** Whether a US signal that says no opt-out covers the purpose: sale, sharing and targeted advertising are what it speaks of. */
export const US_SIGNAL_PURPOSES: Readonly<Record<string, boolean>> = {
  advertising: true,
  measurement: true,
  personalisation: true,
  analytics: true,
  'email-marketing': false,
};
