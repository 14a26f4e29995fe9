// The wiring of the worker process: every kind of job, and what they stand on.
import type { Engine } from '../matching/engine/engine.ts';
import type { Ground } from './ground.ts';
import type { JobKind } from './jobs/worker-loop.ts';

export interface WorkerGround extends Ground {
  readonly engine: Engine;
  /** For files of one attempt; its own user alone can read it. */
  readonly scratchDir: string;
}

export function makeJobKinds(_ground: WorkerGround): readonly JobKind[] {
  return [];
}
