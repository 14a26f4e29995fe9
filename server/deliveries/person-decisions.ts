// Which persons may go, by what is on record of them: each distinct combination of class and evidence is decided once by the policies,
// at the instant of the release. The event names the rules and carries the hash of what was decided, with no person in it.
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../audit/canonical-json.ts';
import type { Side } from '../../matching/audience-sql.ts';
import { type ConsentVerdict, listConsentCombinations } from '../../matching/distribute-consent.ts';
import { decidedOnce, decidePersonOfSeveralSources, type Transfer } from '../../policies/consent.ts';
import type { Decision, PolicySet } from '../../policies/decide.ts';
import { decideSuppression } from '../../policies/suppression.ts';
import { type EvidenceClasses, evidenceOfSide } from '../consents/evidence-at-release.ts';
import { consentReader } from '../consents/strings-at-release.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { DeliverySide } from './delivery-sides.ts';

export interface PersonDecisions {
  readonly verdicts: readonly ConsentVerdict[];
  /** The sides that evidence speaks of. */
  readonly evidence: readonly Side[];
  /** Consent classes that may go where no evidence says otherwise, ascending. */
  readonly allowed: Readonly<Record<Side, readonly number[]>>;
  /** SHA-256 of the canonical JSON of what was decided. */
  readonly snapshotHash: string;
}

/** What a destination with fields for consent is told of, beside the purpose that the release is decided for. */
export interface ToldPurposes {
  /** The same transfer for every other purpose of the vocabulary. */
  readonly others: readonly Transfer[];
  /** Of lists that bar one of them, what tells one state of a list from another. */
  readonly marks: readonly string[];
}

interface Decided {
  readonly verdict: ConsentVerdict;
  readonly decision: Decision;
}

/** Combinations of both sides are decided side by side: each side's consent must allow, so that their products need not be listed. */
export async function decidePersons(
  ground: WorkerGround,
  job: RunningJob,
  asked: {
    selectionId: string;
    audience: string;
    sides: readonly DeliverySide[];
    transfer: Transfer;
    told?: ToldPurposes | undefined;
  },
): Promise<PersonDecisions> {
  const { sides, transfer, told, selectionId } = asked;
  // One set from here to the record, whatever comes in force meanwhile.
  const policies = ground.policies.boundBy(transfer.boundBy ?? []);
  const snapshot = new Snapshot(policies, transfer);
  const decided: Decided[] = [];
  const evidence: Side[] = [];
  for (const side of sides) {
    const classes = await evidenceOfSide(ground, {
      selection: selectionId,
      side,
      transfer,
      others: told?.others ?? [],
    });
    if (classes !== undefined) evidence.push(side.side);
    decided.push(...(await decideSide(ground, { side, classes, selectionId, transfer, told, set: snapshot.set })));
  }
  const snapshotHash = snapshot.hash(told === undefined ? undefined : saidOf(decided, told));
  await recordDecided(job, { ...asked, policies, decided: ownOf(decided, sides, job.tenantId), snapshotHash });
  const verdicts = decided.map(({ verdict }) => verdict);
  const allowed = (side: Side) =>
    verdicts
      .filter((one) => one.side === side && one.evidence === 0 && one.refusal === undefined)
      .map(({ consentClass }) => consentClass)
      .sort((one, other) => one - other);
  return { verdicts, evidence, allowed: { left: allowed('left'), right: allowed('right') }, snapshotHash };
}

/** Each combination that the side's version has; `selectionId` names the evidence of its persons. */
export async function decideSide(
  ground: WorkerGround,
  of: {
    side: DeliverySide;
    classes: EvidenceClasses | undefined;
    selectionId: string;
    transfer: Transfer;
    told: ToldPurposes | undefined;
    set: Pick<PolicySet, 'decide'>;
  },
): Promise<Decided[]> {
  const { side, classes, transfer, told, set } = of;
  const { version } = side;
  const evidenceOf = classes === undefined ? undefined : of.selectionId;
  const consentOf = await consentReader(ground, side);
  const found = await listConsentCombinations(ground.engine, { side: side.side, version, evidenceOf });
  return found.map(({ consentClass, evidence }) => {
    const decide = (asked: Transfer, place: number) => {
      const said = classes?.get(evidence)?.[place];
      const sources = [...consentOf(consentClass, asked), ...(said === undefined ? [] : [said])];
      return decidePersonOfSeveralSources(set, sources, asked);
    };
    const decision = decide(transfer, 0);
    const refusal = refusalOf(decision);
    const isAllowed = (other: Transfer, place: number) => decide(other, place + 1).outcome === 'allow';
    const agreed = refusal === undefined ? told?.others.filter(isAllowed).map(({ purpose }) => purpose) : [];
    const purposes = refusal === undefined ? [transfer.purpose, ...(agreed ?? [])] : [];
    const verdict = { side: side.side, consentClass, evidence, refusal, ...(told === undefined ? {} : { purposes }) };
    return { verdict, decision };
  });
}

/** What is said of the persons of each side, each list of purposes once, and what was held against it. */
function saidOf(decided: readonly Decided[], { marks }: ToldPurposes): JsonValue {
  const of = (side: Side) =>
    unique(
      decided.flatMap(({ verdict }) =>
        verdict.side === side && verdict.refusal === undefined ? [[...(verdict.purposes ?? [])].sort().join(' ')] : [],
      ),
    );
  return { left: of('left'), right: of('right'), objections: [...marks] };
}

/** A denial refuses even if it came without a reason. */
function refusalOf({ outcome, reasons }: Decision): ConsentVerdict['refusal'] {
  return outcome === 'allow' ? undefined : (reasons[0] ?? 'policy_error');
}

/**
 * What the asking tenant may read of the decisions. How many classes a partner has on record, and for what they are refused, changes
 * with one of its persons, and is told nobody else.
 */
export function ownOf<T extends { readonly verdict: Pick<ConsentVerdict, 'side'> }>(
  decided: readonly T[],
  sides: readonly Pick<DeliverySide, 'side' | 'tenantId'>[],
  tenantId: string,
): T[] {
  const own = sides.filter((side) => side.tenantId === tenantId).map(({ side }) => side);
  return decided.filter(({ verdict }) => own.includes(verdict.side));
}

async function recordDecided(
  job: RunningJob,
  of: {
    audience: string;
    transfer: Transfer;
    policies: PolicySet;
    decided: readonly Decided[];
    snapshotHash: string;
  },
): Promise<void> {
  const { audience, transfer, policies, decided } = of;
  const suppression = decideSuppression(policies, transfer);
  const denied = decided.filter(({ decision }) => decision.outcome === 'deny');
  await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'persons.decided',
      outcome: 'succeeded',
      subject: { kind: 'audience', id: audience },
      decision: {
        policies: unique([...decided.flatMap(({ decision }) => decision.policies), ...suppression.suppressed.policies]),
        reasons: unique(denied.flatMap(({ decision }) => decision.reasons)),
        policySetHash: policies.hash,
      },
      detail: {
        purpose: transfer.purpose,
        destination: transfer.destinationKind,
        classes: decided.length,
        classesDenied: denied.length,
        consentSnapshotHash: of.snapshotHash,
      },
    },
    async () => undefined,
  );
}

/** Every distinct set of facts that was put before the policies, with what they said. */
class Snapshot {
  readonly set: Pick<PolicySet, 'decide'>;
  readonly #lines = new Set<string>();
  readonly #policySetHash: string;
  readonly #transfer: Transfer;

  constructor(policies: PolicySet, transfer: Transfer) {
    this.#policySetHash = policies.hash;
    this.#transfer = transfer;
    this.set = decidedOnce({
      ...policies,
      decide: (request) => {
        const decision = policies.decide(request);
        const facts = request.entities.find(({ uid }) => 'type' in uid && uid.type === 'ConsentClass')?.attrs ?? {};
        const { outcome, reasons, policies: named } = decision;
        const { purpose } = request.context as { readonly purpose?: string };
        const other = purpose === this.#transfer.purpose ? {} : { purpose };
        const line = { facts, outcome, reasons: [...reasons], policies: [...named], ...other };
        this.#lines.add(canonicalJson(line as unknown as JsonValue));
        return decision;
      },
    });
  }

  /** `said` is what a destination with fields for consent is told. */
  hash(said: JsonValue | undefined): string {
    const { purpose, destinationKind, instant } = this.#transfer;
    const decided = [...this.#lines].sort().map((line) => JSON.parse(line) as JsonValue);
    const document = {
      purpose,
      destination: destinationKind,
      instant,
      policySetHash: this.#policySetHash,
      decided,
      ...(said === undefined ? {} : { said }),
    };
    return createHash('sha256').update(canonicalJson(document)).digest('hex');
  }
}

function unique(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}
