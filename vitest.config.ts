// Test projects: `tidy` holds the rules about the whole, `unit` stands beside the source, `system` starts real processes,
// `browser` a Chromium besides.
// Every file runs in a process of its own, since the embedded engine allows one data folder a process.
import { defineConfig } from 'vitest/config';

const isolated = { pool: 'forks', isolate: true } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...isolated,
          name: 'tidy',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', 'test/browser/**'],
          // Reading every file takes a moment on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...isolated,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['test/**', 'node_modules/**', 'dist/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...isolated,
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...isolated,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // One browser at a time, after all else: these tests measure how soon a page answers and what it holds in memory.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
