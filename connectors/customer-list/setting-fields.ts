// Settings that the platforms of customer lists have in common.
import type { SettingField } from '../kit/settings.ts';

export const urlField = (title: string, address: string): SettingField => ({
  type: 'url',
  title,
  description: 'Base URL of the platform; a sandbox for trials.',
  default: address,
});

export const requiredId = (title: string, description: string, pattern: string): SettingField => ({
  type: 'text',
  title,
  description,
  pattern,
  maxLength: 64,
  required: true,
});

/** Of the account in which audiences are listed and made; a delivery does not need it. */
export const accountField = (title: string): SettingField => ({
  type: 'text',
  title,
  description: 'To list the audiences of the account and to make one; a delivery does not need it.',
  pattern: '^[0-9A-Za-z-]+$',
  maxLength: 64,
});

export const dataTypeField = (choices: readonly string[]): SettingField => ({
  type: 'choice',
  title: 'Data',
  description: 'Which one kind of identifier the list is filled by.',
  choices,
  required: true,
});

export const callSizeField = (bounds: { readonly default: number; readonly max: number }): SettingField => ({
  type: 'integer',
  title: 'Persons a call',
  description: 'At most so many in one call.',
  min: 1,
  ...bounds,
});

/** The only names that a destination under these addresses may reach. */
export const hostsOf = (...addresses: readonly string[]): string[] => addresses.map((one) => new URL(one).hostname);
