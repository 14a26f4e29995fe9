// What the contract shows of the budget: exact whole numbers, and shares of the whole for people.
import type {
  PrivacyBudget as PrivacyBudgetBody,
  PrivacyCost as PrivacyCostBody,
} from '../../openapi/generated/api.ts';
import type { PicoRho } from '../../policies/privacy-budget.ts';
import type { Collaboration } from '../collaborations/collaboration.ts';
import { privacyBody } from '../collaborations/collaboration-body.ts';
import type { Budget } from './privacy-ledger.ts';

export function costBody(cost: PicoRho, budget: Budget): PrivacyCostBody {
  return {
    pico_rho: Number(cost),
    share_of_budget: shareOf(cost, budget),
    is_free: cost === 0n,
    left_pico_rho: Number(budget.left),
    left_share: shareOf(budget.left, budget),
  };
}

export function budgetBody({ id, terms }: Collaboration, budget: Budget): PrivacyBudgetBody {
  return {
    collaboration_id: id,
    since: budget.since,
    whole_pico_rho: Number(budget.whole),
    spent_pico_rho: Number(budget.spent),
    left_pico_rho: Number(budget.left),
    left_share: shareOf(budget.left, budget),
    privacy: privacyBody(terms.privacy),
  };
}

/** To four digits behind the point. */
function shareOf(part: PicoRho, { whole }: Budget): number {
  return whole === 0n ? 0 : Number((part * 10_000n) / whole) / 10_000;
}
