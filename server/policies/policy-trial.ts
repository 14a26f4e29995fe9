// Trying a change of policies before anybody is asked: parsed, validated against the schema, held to the floor, run on the scenarios
// and on history. Nothing is stored. All of it runs in a thread of its own, so that whoever else asks this process is answered meanwhile.
import { Worker } from 'node:worker_threads';
import { makePolicySet, type Policy, type PolicySet, shippedSource } from '../../policies/decide.ts';
import type { PolicyEdit } from '../../policies/policy-edit.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { pastDecisionPages } from './decision-questions.ts';
import { TRIAL_MS } from './limits.ts';
import type { FromTrial, ToTrial, TrialOutcome } from './trial-work.ts';

export interface TriedPolicies extends TrialOutcome {
  /** Hash of what is in force now. */
  readonly basedOn: string;
}

/** `tenantId` null: the policies of the service; otherwise those that the tenant adds for itself. Throws `request_invalid`. */
export async function tryPolicies(ground: Ground, tenantId: string | null, edit: PolicyEdit): Promise<TriedPolicies> {
  return inTurn(async () => {
    await ground.policies.refresh();
    const basedOn = tenantId === null ? ground.policies.hash : ground.policies.boundBy([tenantId]).hash;
    const additions = tenantId === null ? [] : ground.policies.additionsOf(tenantId);
    const change = { tenantId, edit, service: ground.policies.policies, additions, basedOn };
    return { ...(await triedInThread(ground, change)), basedOn };
  });
}

export function setOf(ground: Ground, of: { tenantId: string | null; policies: readonly Policy[] }): PolicySet {
  if (of.tenantId === null) return makePolicySet({ schema: shippedSource().schema, policies: of.policies });
  return ground.policies.withAdditions(new Map([[of.tenantId, of.policies]]));
}

/** A trial takes a core for seconds: one after another, whoever asks. */
let lastTrial: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const trial = lastTrial.then(work);
  lastTrial = trial.catch(() => {});
  return trial;
}

async function triedInThread(ground: Ground, change: Extract<ToTrial, { kind: 'change' }>['change']) {
  // No flags of the process: some, such as --input-type, would keep a thread from starting.
  const thread = new Worker(new URL('./trial-thread.ts', import.meta.url), { execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<FromTrial>();
  thread.once('message', resolve);
  thread.once('error', reject);
  thread.once('exit', () => reject(new Error('the thread of a trial ended early')));
  const detail = 'The trial took too long; try fewer policies at once.';
  const late = setTimeout(() => reject(new ServiceError('unavailable', { detail })), TRIAL_MS);
  const post = (message: ToTrial) => thread.postMessage(message);
  try {
    post({ kind: 'change', change });
    const tell = async () => {
      for await (const rows of pastDecisionPages(ground.db.knex, change.tenantId)) post({ kind: 'past', rows });
      post({ kind: 'end' });
      return promise;
    };
    const answer = await Promise.race([promise, tell()]);
    if (answer.kind === 'refused') throw new ServiceError('request_invalid', { errors: answer.errors });
    return answer.outcome;
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}
