// Whatever releases something signs the log first: no way out passes the witnesses by.
import { expect, test } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const releasing = readSourceFiles().filter(
  ({ path, text, isTest }) =>
    !isTest && path.startsWith('server/') && /policies\/release\.ts'/.test(text) && /\brelease(?:With)?\(/.test(text),
);

/** Takes persons out at a destination: to hold that back for want of a witness would leave them there. */
const NEVER_HELD = ['server/removals/removal-job.ts'];

test('every file of the server that releases asks for a checkpoint before', () => {
  expect(releasing.length).toBeGreaterThan(3);
  const unsigned = releasing.filter(({ text }) => !text.includes('checkpointNow()'));
  expect(unsigned.map(({ path }) => path)).toEqual(NEVER_HELD);
});

test('every job kind that releases waits for its witnesses before it begins', () => {
  const wiring = readSourceFiles().find(({ path }) => path === 'server/compose-jobs.ts')?.text ?? '';
  const kinds = [...wiring.matchAll(/import \{ (\w+) \} from '\.\/(.+?)';/g)];
  const releasers = kinds.filter(([, , path]) =>
    releasing.some((file) => file.path === `server/${path}` && !NEVER_HELD.includes(file.path)),
  );
  const ungated = releasers.filter(([, name]) => !wiring.includes(`releasing(ground, ${name}(`));
  expect(ungated.map(([, name]) => name)).toEqual([]);
  expect(releasers.length).toBeGreaterThan(2);
});
