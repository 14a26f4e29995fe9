// Trust policies (c2sp.org/tlog-policy): which logs, which witnesses, and how many of them must have cosigned a checkpoint.
import { AuditError } from './audit-error.ts';
import { bytesEqual } from './bytes.ts';
import { MAX_POLICY_BYTES } from './limits.ts';
import { parseVerifierKey, type VerifierKey, verifierKeyText } from './note-key.ts';

export interface WitnessPolicy {
  readonly logs: readonly PolicyParty[];
  readonly witnesses: readonly (PolicyParty & { readonly name: string })[];
  /** undefined for `quorum none`. */
  readonly quorum: QuorumRule | undefined;
}

export interface PolicyParty {
  readonly key: VerifierKey;
  readonly url?: string;
}

export type QuorumRule =
  | { readonly witness: string }
  | { readonly group: string; readonly threshold: number; readonly members: readonly QuorumRule[] };

/** Strict: throws `policy_malformed` with the number of the line. */
export function parseWitnessPolicy(text: string): WitnessPolicy {
  if (text.length > MAX_POLICY_BYTES) throw new AuditError('policy_malformed', 'not a witness policy: it is too long');
  const reading: Reading = { logs: [], witnesses: [], names: new Map(), members: new Set(), quorum: undefined };
  text.split('\n').forEach((line, i) => {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    const [keyword, ...rest] = words;
    if (keyword === undefined || keyword.startsWith('#')) return;
    try {
      readLine(reading, keyword, rest);
    } catch (error) {
      const why = error instanceof AuditError ? error.message : String(error);
      throw new AuditError('policy_malformed', `not a witness policy: line ${i + 1}: ${why}`);
    }
  });
  if (reading.quorum === undefined)
    throw new AuditError('policy_malformed', 'not a witness policy: it has no quorum line');
  const { logs, witnesses, quorum } = reading;
  return { logs, witnesses, quorum: quorum === 'none' ? undefined : quorum };
}

/** Whether the witnesses with these keys are enough. Only keys that the policy lists count, each once. */
export function isQuorumMet(policy: WitnessPolicy, cosigners: readonly VerifierKey[]): boolean {
  const cosigned = policy.witnesses.filter(({ key }) => cosigners.some((cosigner) => isSameKey(cosigner, key)));
  const names = new Set(cosigned.map(({ name }) => name));
  const isMet = (rule: QuorumRule): boolean =>
    'witness' in rule ? names.has(rule.witness) : rule.members.filter(isMet).length >= rule.threshold;
  return policy.quorum === undefined || isMet(policy.quorum);
}

/** The rule in words, such as `2 of w1, w2, w3`. */
export function quorumText(rule: QuorumRule | undefined): string {
  if (rule === undefined) return 'none';
  if ('witness' in rule) return rule.witness;
  return `${rule.threshold} of ${rule.members.map((member) => ('witness' in member ? member.witness : `(${quorumText(member)})`)).join(', ')}`;
}

/** The policy as a verifier takes it: with the log's key, every rule under its name, and without URLs. */
export function witnessPolicyText(policy: WitnessPolicy, logKey: string): string {
  const lines = [
    `log ${logKey}`,
    ...policy.witnesses.map(({ name, key }) => `witness ${name} ${verifierKeyText(key)}`),
  ];
  const writeGroup = (rule: QuorumRule): string => {
    if ('witness' in rule) return rule.witness;
    const members = rule.members.map(writeGroup);
    lines.push(`group ${rule.group} ${rule.threshold} ${members.join(' ')}`);
    return rule.group;
  };
  const quorum = policy.quorum === undefined ? 'none' : writeGroup(policy.quorum);
  return `${[...lines, `quorum ${quorum}`].join('\n')}\n`;
}

interface Reading {
  readonly logs: PolicyParty[];
  readonly witnesses: (PolicyParty & { readonly name: string })[];
  readonly names: Map<string, QuorumRule>;
  /** A name may be a member once, so that a witness counts in one way only. */
  readonly members: Set<string>;
  quorum: QuorumRule | 'none' | undefined;
}

const READERS = { log: readLog, witness: readWitness, group: readGroup, quorum: readQuorum };

function readLine(reading: Reading, keyword: string, words: readonly string[]): void {
  if (!Object.hasOwn(READERS, keyword)) throw malformed('a line begins with log, witness, group or quorum');
  READERS[keyword as keyof typeof READERS](reading, words);
}

function readLog({ logs }: Reading, [text, url, ...rest]: readonly string[]): void {
  if (text === undefined || rest.length > 0) throw malformed('log <verifier key> [<url>]');
  const key = parseVerifierKey(text);
  if (key.type !== 'ed25519') throw malformed('this key is a witness’s, not a log’s');
  if (logs.some((log) => bytesEqual(log.key.publicKey, key.publicKey))) throw malformed('this key is here already');
  logs.push({ key, ...(url === undefined ? {} : { url }) });
}

function readWitness(reading: Reading, [name, text, url, ...rest]: readonly string[]): void {
  if (name === undefined || text === undefined || rest.length > 0)
    throw malformed('witness <name> <verifier key> [<url>]');
  const key = parseVerifierKey(text);
  if (key.type !== 'cosignature') throw malformed('this key is a log’s, not a witness’s (type 04)');
  if (reading.witnesses.some((witness) => bytesEqual(witness.key.publicKey, key.publicKey)))
    throw malformed('this key is here already');
  define(reading, name, { witness: name });
  reading.witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
}

function readGroup(reading: Reading, [name, count, ...names]: readonly string[]): void {
  if (name === undefined || count === undefined || names.length === 0)
    throw malformed('group <name> all|any|<number> <member>...');
  const members = names.map((member) => {
    const rule = reading.names.get(member);
    if (rule === undefined) throw malformed(`${member} is not defined above`);
    if (reading.members.has(member)) throw malformed(`${member} is a member already`);
    reading.members.add(member);
    return rule;
  });
  const threshold = count === 'all' ? members.length : count === 'any' ? 1 : Number(count);
  if (!/^(?:all|any|[1-9][0-9]*)$/.test(count) || threshold > members.length)
    throw malformed(`the threshold is all, any, or a number from 1 to ${members.length}`);
  define(reading, name, { group: name, threshold, members });
}

function readQuorum(reading: Reading, [name, ...rest]: readonly string[]): void {
  if (name === undefined || rest.length > 0) throw malformed('quorum <name>');
  if (reading.quorum !== undefined) throw malformed('there is a quorum line already');
  const rule = name === 'none' ? 'none' : reading.names.get(name);
  if (rule === undefined) throw malformed(`${name} is not defined above`);
  reading.quorum = rule;
}

function define(reading: Reading, name: string, rule: QuorumRule): void {
  if (name === 'none' || reading.names.has(name)) throw malformed(`the name ${name} is taken`);
  reading.names.set(name, rule);
}

function isSameKey(left: VerifierKey, right: VerifierKey): boolean {
  return left.name === right.name && left.type === right.type && bytesEqual(left.publicKey, right.publicKey);
}

function malformed(message: string): AuditError {
  return new AuditError('policy_malformed', message);
}
