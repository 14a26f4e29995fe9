// What signals under the laws of US states say of one transfer: the US sections of a GPP string, and US Privacy strings. They are
// opt-outs and name no destination, so that the dataset's schema must say of which destinations people were told.
import type { ConsentClass, ConsentGrant, Transfer } from './consent.ts';
import { US_SIGNAL_PURPOSES } from './purposes.ts';

/** One section as decoded. Of each: 0 not applicable, 1 yes, 2 no; absent where the law knows no such thing. */
export interface UsFacts {
  /** Notice of the right to opt out was given: 1 yes, 2 no. */
  readonly notices: readonly number[];
  /** Of sale, sharing, targeted advertising: 1 opted out, 2 did not. */
  readonly optOuts: readonly number[];
  /** Of children by age: 0 not known to be one, else known, with or without consent. */
  readonly children: readonly number[];
  /** Global Privacy Control. */
  readonly gpc: boolean;
  /** Consent to purposes beyond what was told: 1 no, 2 yes, 0 not applicable. */
  readonly personalData: number;
}

/** Grants what nobody opted out of. What does not apply, or without notice, is no agreement. */
export function usClass(facts: UsFacts, transfer: Transfer, declared: readonly string[]): ConsentClass {
  const isOptedOut = facts.optOuts.includes(1) || facts.gpc || facts.personalData === 1;
  const saysNo = facts.optOuts.length > 0 && facts.optOuts.every((each) => each === 2);
  const wasTold = facts.notices.length > 0 && !facts.notices.includes(2) && facts.notices.includes(1);
  const grants = saysNo && wasTold ? grantsOf(transfer, declared) : [];
  return { id: 0, source: 'gpp', grants, isOptedOut, isKnownChild: facts.children.some((each) => each !== 0) };
}

/** US Privacy, version 1: notice given, opted out of the sale, and one letter more that speaks of a contract. */
export function usPrivacyClass(text: string, transfer: Transfer, declared: readonly string[]): ConsentClass {
  const signal = /^1([YN-])([YN-])[YN-]$/.exec(text.toUpperCase());
  if (signal === null) return { id: 0, source: 'us-privacy', grants: [], isReadable: false };
  const [, notice, optedOut] = signal;
  const grants = notice === 'Y' && optedOut === 'N' ? grantsOf(transfer, declared) : [];
  return { id: 0, source: 'us-privacy', grants, isOptedOut: optedOut === 'Y' };
}

function grantsOf({ destinationKind }: Transfer, declared: readonly string[]): ConsentGrant[] {
  const purposes = Object.keys(US_SIGNAL_PURPOSES).filter((purpose) => US_SIGNAL_PURPOSES[purpose]);
  const destinations = declared.filter((kind) => kind === destinationKind);
  return purposes.map((purpose) => ({ purpose, destinations }));
}
