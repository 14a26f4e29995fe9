// The exit codes of ecluse-partner, which scripts rely on.
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  someRowsRejected: 3,
  authentication: 4,
  refused: 5,
  network: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
