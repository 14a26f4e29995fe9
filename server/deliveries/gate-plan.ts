// What must be counted, and paid for, before it can be decided whether an audience may leave: its question, and those that were told
// before. All of it follows from what is on record, so that neither the cost nor what is stored depends on a person.
import type { JsonValue } from '../../audit/canonical-json.ts';
import { linkedSensitivity } from '../../matching/analyses/sensitivity.ts';
import { type Comparison, listTellings } from '../../matching/audience-difference.ts';
import type { GateRequest } from '../../matching/audience-gate.ts';
import { gateCost, gateSensitivity } from '../../policies/audience-gate.ts';
import { answerCost, type MetricShape } from '../../policies/noised-answer.ts';
import type { AudienceGrounds, MatchedGrounds } from '../activations/activation-grounds.ts';
import { hashOf } from '../analyses/canonical-question.ts';
import type { AnswerKey } from '../analyses/privacy-ledger-store.ts';
import { instantOf } from '../clock.ts';
import { criteriaOf } from '../collaborations/criteria.ts';
import type { ConfiguredDestination } from '../destinations/destination.ts';
import type { WorkerGround } from '../ground.ts';
import type { DeliverySide, Reach } from './delivery-sides.ts';
import { listEarlierDeliveries } from './earlier-deliveries.ts';
import { passingMarks } from './passing-marks.ts';
import { questionsTold } from './telling-store.ts';
import { comparisonOf, isToldAlready, segmentForm, type ToldQuestion } from './told-question.ts';

export interface GatePlan {
  readonly matched: MatchedGrounds;
  readonly question: ToldQuestion;
  readonly request: GateRequest;
  readonly size: PaidFigure;
  /** Absent where it follows from the questions alone that nobody differs. */
  readonly difference?: PaidFigure;
  /** What a dry run and a report show beside the decision. */
  readonly counts: PaidFigure;
}

/** The metric of the counts that are shown: each person is in one cell, deliverable or refused for one reason. */
export function countsShape(types: number): MetricShape {
  return { name: 'audience-counts', unit: 'persons', scale: 1, sensitivityL2Squared: linkedSensitivity(types) };
}

/** A count that is drawn once, under a debit of its own, and kept under its key. */
export interface PaidFigure {
  readonly name: 'audience-size' | 'audience-difference' | 'audience-counts';
  readonly key: AnswerKey;
  readonly cost: bigint;
  /** What a reader is shown is a release; what only decides is none. */
  readonly isRelease: boolean;
}

interface Asked {
  readonly grounds: AudienceGrounds;
  readonly destination: ConfiguredDestination;
  readonly sides: readonly DeliverySide[];
  readonly reach: Reach;
  /** Consent classes of each side that the receiver may be told of. */
  readonly allowed: ToldQuestion['allowed'];
  /** Whom the activation leaves out, as suppression lists are told apart. */
  readonly leftOut: readonly string[];
}

/** Undefined over an own dataset, and for the control of the attack suite: both are decided on true counts. */
export async function planGate(ground: WorkerGround, asked: Asked): Promise<GatePlan | undefined> {
  const { grounds, destination, sides } = asked;
  const { matched } = grounds;
  if (matched === undefined || ground.config.attackControl) return undefined;
  const question = questionOf(ground, matched, asked);
  const criteria = sides.flatMap(({ side, schema }) =>
    criteriaOf(schema, { alias: matched[side].alias, origin: 'first-party' }),
  );
  const earlier = await listEarlierDeliveries(ground.db.knex, { grounds, destination });
  const told = await questionsTold(ground.db.knex, await listTellings(ground.engine, earlier));
  const comparisons = told.some((before) => isToldAlready(question, before, criteria))
    ? []
    : told.flatMap((before) => comparisonOf(question, before, criteria) ?? []);
  const { identifierTypes: types } = matched.collaboration.terms;
  const [left = '', right = ''] = question.sources.map(({ contribution }) => contribution);
  const tenants = sides.map(({ tenantId }) => tenantId);
  const passing = await passingMarks(ground.db.knex, { tenants, now: instantOf(ground.clock) });
  const form = segmentForm(question, criteria);
  const figure = paidFigures(matched, { question, form, asked, passing });
  return {
    matched,
    question,
    request: { match: matched.match.id, left, right, types, comparisons },
    size: figure('audience-size', []),
    counts: figure('audience-counts', []),
    ...(comparisons.length === 0 ? {} : { difference: figure('audience-difference', comparisons) }),
  };
}

function questionOf(
  { policies }: WorkerGround,
  { collaboration, match, left, right }: MatchedGrounds,
  { grounds, sides, reach, allowed, leftOut }: Asked,
): ToldQuestion {
  return {
    sources: [left, right].map(({ alias, datasetId, versionId }, place) => ({
      alias,
      datasetId,
      version: versionId ?? '',
      contribution: place === 0 ? match.leftEngineId : match.rightEngineId,
    })),
    types: collaboration.terms.identifierTypes,
    cardinality: collaboration.terms.cardinality,
    segment: grounds.segment.expression,
    deliveredSide: reach.side.side,
    columns: (reach.composed ?? [reach.column]).map(({ column }) => column),
    allowed,
    policySetHash: policies.hash,
    grants: sides.map(({ evidenceMarks }) => evidenceMarks.grants),
    suppressions: [
      ...sides.flatMap(({ suppressionLists, suppressionMarks }) =>
        suppressionLists.map((list, place) => `${list} ${suppressionMarks[place]}`),
      ),
      ...leftOut,
    ],
  };
}

/** The same question of the same data, consent and lists is the same figure, whoever asks and however often. */
function paidFigures(
  { collaboration }: MatchedGrounds,
  of: { question: ToldQuestion; form: JsonValue | undefined; asked: Asked; passing: readonly string[] },
): (name: PaidFigure['name'], comparisons: readonly Comparison[]) => PaidFigure {
  const { question, form, asked } = of;
  const { sources, types, cardinality, segment, deliveredSide, columns, allowed, suppressions } = question;
  const { privacy } = collaboration.terms;
  const snapshot = hashOf({
    data: sources.map(({ datasetId, version, contribution }) => `${datasetId} ${version} ${contribution}`),
    types: [...types],
    cardinality,
    allowed: { left: [...allowed.left], right: [...allowed.right] },
    suppressions: [...suppressions],
    policySetHash: question.policySetHash,
    passing: [...of.passing],
    evidence: asked.sides.map(({ evidenceMarks }) => `${evidenceMarks.grants} ${evidenceMarks.withdrawals}`),
  });
  return (name, comparisons) => {
    const sameMatch = comparisons.every((comparison) => comparison.sameMatch);
    const against = comparisons.map(({ telling, ways }) => ({ ...telling, ways: [...ways] }));
    const sensitivity = gateSensitivity({
      types: types.length,
      cardinality: collaboration.terms.cardinality,
      sameMatch,
    });
    const hash = hashOf({
      gate: name,
      // One too tangled to be compared is itself alone.
      segment: form ?? (segment as unknown as JsonValue),
      to: { side: deliveredSide, columns: [...columns], kind: asked.destination.kind },
      against,
      blur: { decisionSigma: privacy.decisionSigma, sigma: privacy.sigma, maxGroups: privacy.maxGroups },
    });
    const key = { collaborationId: collaboration.id, snapshot, question: hash };
    // Two metrics: the cells, and all persons together.
    const shape = countsShape(types.length);
    if (name === 'audience-counts') return { name, key, cost: answerCost([shape, shape], privacy), isRelease: true };
    return { name, key, cost: gateCost(sensitivity, privacy), isRelease: false };
  };
}
