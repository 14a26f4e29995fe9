// A crash between the draw of the noise and the answer: whoever draws again after it draws twice for one price.
import { readFileSync } from 'node:fs';
import { answer } from '../../demo/api.ts';
import type { Attack } from '../attack.ts';
import { type CellsAnswer, cellsOf, countOf, guessAll, meanOf } from '../cells.ts';
import { answered } from '../partner.ts';
import { openRoster } from '../roster.ts';

const CRASHES = 6;
/** From before the draw until about when the padded answer is shown. */
const LATEST_MS = 450;

export const crashRedraw: Attack = {
  name: 'crash-redraw',
  source: 'a crash as an oracle of noise (state rolled back between draw and debit)',
  does: 'asks, has the worker die by kill -9 before the answer is out, asks again, and averages whatever it is shown',
  failsBecause: 'the debit is spent before the draw, one debit has one draw, and what was shown is stored',
  alone: true,
  async run(arena) {
    const roster = await openRoster(arena, { rooms: 1 });
    const { analyst } = roster.pair.attacker;
    const { collaborationId, matchId } = roster.places[0]!;
    const params = { path: { collaboration_id: collaborationId } };
    const breakdown = ['row', 'column'].map((attribute) => ({ source: 'mine', attribute }));
    const body = { analysis: 'profile' as const, match_id: matchId, breakdown };
    const answers: CellsAnswer[] = [];
    for (let crash = 0; crash <= CRASHES; crash += 1) {
      const run = await answer(
        'asking',
        analyst.api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body }),
      );
      if (crash < CRASHES) {
        await new Promise((resolve) => setTimeout(resolve, arena.chance.between(0, LATEST_MS)));
        killWorkerOf(arena.service.pid);
      }
      answers.push(cellsOf(await answered(analyst, run.id, 'asking again')));
    }
    const picoRho = answers.reduce((sum, each) => sum + each.picoRho, 0);
    const shown = answers.filter(({ of }) => of(0) !== undefined);
    const guess = (cell: number) => meanOf(shown.map(({ of }) => countOf(of(cell)))) > 54.5;
    return guessAll(arena, roster, { picoRho, guess });
  },
};

/** The worker is the API's only child. */
function killWorkerOf(pid: number): void {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  for (const child of children === '' ? [] : children.split(' ')) process.kill(Number(child), 'SIGKILL');
}
