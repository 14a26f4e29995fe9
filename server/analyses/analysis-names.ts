// The closed list of analyses that rules may allow and members may run.
import type { Analysis } from '../../openapi/generated/api.ts';

const ANALYSES: Readonly<Record<Analysis, true>> = {
  overlap: true,
  profile: true,
  'reach-frequency': true,
  conversion: true,
  attribution: true,
  'segment-size': true,
};

export function isAnalysis(name: string): name is Analysis {
  return Object.hasOwn(ANALYSES, name);
}
