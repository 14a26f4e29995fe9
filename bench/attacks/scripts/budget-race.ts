// The last of the budget, asked for by many at once.
import { answer, DemoFailure } from '../../demo/api.ts';
import type { Arena, Attack, Trial } from '../attack.ts';
import { cellsOf, countOf, guessAll, meanOf } from '../cells.ts';
import { answered } from '../partner.ts';
import { openRoster, type Roster, type Seat } from '../roster.ts';

/** Stricter than strict, so that the budget ends after a few answers. */
const TERMS = { privacy: { preset: 'custom', epsilon: 0.2 } } as const;
const ASKED_AT_ONCE = 40;

export const budgetRace: Attack = {
  name: 'budget-race',
  source: 'time of check and time of use on a budget',
  does: 'asks forty questions at the same instant where five are left, and averages whatever is answered',
  failsBecause: 'a reservation is one transaction: of any number of askers as many are served as the budget pays',
  trialsAWorld: 50,
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1, terms: TERMS });
    return raceIn(arena, roster, roster.places[0]!);
  },
};

async function raceIn(arena: Arena, roster: Roster, seat: Seat): Promise<Trial[]> {
  const { analyst } = roster.pair.attacker;
  const params = { path: { collaboration_id: seat.collaborationId } };
  const breakdown = ['row', 'column'].map((attribute) => ({ source: 'mine', attribute }));
  const asked = await Promise.all(
    Array.from({ length: ASKED_AT_ONCE }, async (_, n) => {
      const segment_text = `mine.number > ${-1 - n}`;
      const body = { analysis: 'profile' as const, match_id: seat.matchId, breakdown, segment_text };
      const { data } = await analyst.api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body });
      return data?.id;
    }),
  );
  const served = asked.filter((id) => id !== undefined);
  const answers = await Promise.all(served.map((id) => answered(analyst, id, 'racing for the budget')));
  const picoRho = answers.reduce((sum, { picoRho: cost }) => sum + cost, 0);
  const budget = await answer(
    'reading the budget',
    analyst.api.GET('/v1/collaborations/{collaboration_id}/privacy-budget', { params }),
  );
  if (picoRho > budget.whole_pico_rho) throw new DemoFailure('more was answered than the budget pays for');
  const figures = answers.map((each) => cellsOf(each));
  const guess = (cell: number) => meanOf(figures.map((shown) => countOf(shown.of(cell)))) > 54.5;
  return guessAll(arena, roster, { picoRho, guess });
}
