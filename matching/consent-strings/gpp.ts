// Reads a GPP string (IAB Tech Lab, Global Privacy Platform): its TCF section, its US Privacy section and every US section, by the IAB's
// own library. A section that nobody here understands makes the whole unreadable.
import { GppModel } from '@iabgpp/cmpapi';
import type { TcfFacts } from '../../policies/tcf.ts';
import type { UsFacts } from '../../policies/us-signals.ts';
import { decodeTcf } from './tcf.ts';

export interface GppFacts {
  readonly tcf: TcfFacts | null;
  readonly usPrivacy: string | null;
  readonly us: readonly UsFacts[];
}

const TCF_EU = 2;
const US_PRIVACY = 6;
const US_NATIONAL = 7;
const LAST_US_STATE = 27;

type Section = Readonly<Record<string, unknown>>;

export function decodeGpp(text: string): GppFacts | undefined {
  try {
    const model = new GppModel(text);
    const ids = model.getSectionIds();
    const sections = text.split('~').slice(1);
    if (ids.length === 0 || ids.length !== sections.length) return undefined;
    const decoded = Object.values(model.toObject() as Readonly<Record<string, Section>>);
    if (decoded.length !== ids.length) return undefined;
    return ids.reduce<GppFacts | undefined>(
      (facts, id, n) => facts && withSection(facts, { id, text: sections[n] ?? '', section: decoded[n] ?? {} }),
      { tcf: null, usPrivacy: null, us: [] },
    );
  } catch {
    // The library throws errors of many kinds; each means that the string cannot be read.
    return undefined;
  }
}

function withSection(facts: GppFacts, of: { id: number; text: string; section: Section }): GppFacts | undefined {
  if (of.id === TCF_EU) {
    const tcf = decodeTcf(of.text);
    return tcf === undefined ? undefined : { ...facts, tcf };
  }
  if (of.id === US_PRIVACY) return { ...facts, usPrivacy: of.text };
  if (of.id < US_NATIONAL || of.id > LAST_US_STATE) return undefined;
  return { ...facts, us: [...facts.us, usFacts(of.section)] };
}

function usFacts(section: Section): UsFacts {
  const numbers = (names: readonly string[]) =>
    names.flatMap((name) => (section[name] === undefined ? [] : [section[name]].flat().map(Number)));
  return {
    notices: numbers(['SharingNotice', 'ProcessingNotice', ...OPT_OUTS.map((name) => `${name}Notice`)]),
    optOuts: numbers(OPT_OUTS),
    children: numbers(['KnownChildSensitiveDataConsents']),
    gpc: section.Gpc === true,
    personalData: Number(section.PersonalDataConsents ?? section.AdditionalDataProcessingConsent ?? 0),
  };
}

const OPT_OUTS = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'] as const;
