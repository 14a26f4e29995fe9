// The sandbox's account of what a member uploaded: bytes and lines of the last hour and the last day, each with its sentence.

/** As a member's batch-segment-config has them; the platform agrees on them with each member. */
export interface UploadQuotas {
  readonly hourlyBytes?: number;
  readonly dailyBytes?: number;
  readonly hourlyLines?: number;
  readonly dailyLines?: number;
}

interface Upload {
  readonly atMs: number;
  readonly bytes: number;
  readonly lines: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The documentation's guide for a member that agreed on nothing else. */
const DEFAULT_QUOTAS: UploadQuotas = { dailyBytes: 10_000_000_000 };

const QUOTAS = [
  { name: 'dailyBytes', unit: 'bytes', windowMs: DAY_MS, error: 'Member exceeds maximum allowed bytes per day' },
  { name: 'hourlyBytes', unit: 'bytes', windowMs: HOUR_MS, error: 'Member exceeds maximum allowed bytes per hour' },
  { name: 'dailyLines', unit: 'lines', windowMs: DAY_MS, error: 'Member exceeds maximum number of lines per day' },
  { name: 'hourlyLines', unit: 'lines', windowMs: HOUR_MS, error: 'Member exceeds maximum number of lines per hour' },
] as const;

export class QuotaAccount {
  readonly #quotas: UploadQuotas;
  readonly #uploads = new Map<number, Upload[]>();

  constructor(quotas: UploadQuotas = {}) {
    this.#quotas = { ...DEFAULT_QUOTAS, ...quotas };
  }

  /** Counts an upload, or says in the platform's words which quota it would exceed; then nothing is counted. */
  charge(memberId: number, upload: Upload): string | undefined {
    const recent = (this.#uploads.get(memberId) ?? []).filter(({ atMs }) => upload.atMs - atMs < DAY_MS);
    const exceeded = QUOTAS.find(({ name, unit, windowMs }) => {
      const within = recent.filter(({ atMs }) => upload.atMs - atMs < windowMs);
      const used = within.reduce((sum, one) => sum + one[unit], upload[unit]);
      return used > (this.#quotas[name] ?? Number.POSITIVE_INFINITY);
    });
    if (exceeded === undefined) this.#uploads.set(memberId, [...recent, upload]);
    return exceeded?.error;
  }
}
