// Where the noise of answers comes from: the operating system's generator, and for the control of the attack suite nowhere.
import { randomBytes } from 'node:crypto';
import { type NoiseSource, noiseSource } from '../../policies/noise.ts';
import type { Config } from '../config.ts';

const SILENT: NoiseSource = { discreteGaussian: () => 0n, discreteLaplace: () => 0n };

export function noiseOfService({ attackControl }: Pick<Config, 'attackControl'>): NoiseSource {
  return attackControl ? SILENT : noiseSource((byteCount) => randomBytes(byteCount));
}
