// What every feature stands on. Handlers and services take it as their first argument; tests build one of their own.
import type { Logger } from 'pino';
import type { Engine } from '../matching/engine/engine.ts';
import type { CheckpointService } from './audit-log/checkpoint-service.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { PoliciesInForce } from './policies/policies-in-force.ts';

export interface Ground {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rootKey: Uint8Array;
  readonly keys: KeyRing;
  readonly policies: PoliciesInForce;
}

/** What a job stands on besides: the worker alone has the engine. */
export interface WorkerGround extends Ground {
  readonly engine: Engine;
  readonly checkpoints: CheckpointService;
  /** For files of one attempt; its own user alone can read it. */
  readonly scratchDir: string;
}
