// What an area of the console brings: its pages, and where they stand in the navigation.
import type { LabelKey } from '../i18n/i18n.ts';
import type { Route } from '../router.tsx';
import type { Role } from '../session.ts';

export const GROUPS = ['work', 'data', 'trust', 'service'] as const;
export type Group = (typeof GROUPS)[number];

export interface NavigationEntry {
  readonly path: string;
  readonly label: LabelKey;
  readonly group: Group;
  /** Any of these; left out, everybody who is signed in. */
  readonly roles?: readonly Role[];
}

export interface Area {
  readonly routes: readonly Route[];
  readonly navigation: readonly NavigationEntry[];
}
