// What the demo found out, in the shape that --json prints.

export interface LoadOutcomeCounts {
  received: number;
  accepted: number;
  rejected: Record<string, number>;
}

export interface DemoOutcome {
  load: Record<string, LoadOutcomeCounts>;
  match: { left: number; right: number; matched: number; byIdentifier: Record<string, number> };
  truth: { matched: number };
  release: { overlap: number | string };
  audience: { matched: number; consented: number; delivered: number; refused: Record<string, number> };
  delivery: { status: string; phase: string; added: number; removed: number };
  audit: { events: number; checkpointSize: number; verified: boolean };
  seconds: number;
}
