// Rules of trust policies: the examples of c2sp.org/tlog-policy, and every line that is not one.
import { beforeAll, describe, expect, test } from 'vitest';
import { type VerifierKey, verifierKeyOf, verifierKeyText } from './note-key.ts';
import { isQuorumMet, parseWitnessPolicy, quorumText, witnessPolicyText } from './witness-policy.ts';

const keys: VerifierKey[] = [];
let log: string;
beforeAll(async () => {
  for (let i = 0; i < 6; i += 1)
    keys.push(
      await verifierKeyOf({ name: `w.example/${i}`, secretKey: new Uint8Array(32).fill(i + 1) }, 'cosignature'),
    );
  log = verifierKeyText(await verifierKeyOf({ name: 'log.example', secretKey: new Uint8Array(32).fill(99) }));
});
const key = (i: number) => verifierKeyText(keys[i]!);

/** The example of the specification: two of X1..X3 and any of Y1..Y3. */
const example = () => `# two organisations
log ${log}
witness X1 ${key(0)}
\twitness  X2\t${key(1)} https://x2.example/
witness X3 ${key(2)}
group X-witnesses 2 X1 X2 X3

witness Y1 ${key(3)}
witness Y2 ${key(4)}
witness Y3 ${key(5)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

test('the example of the specification: which witnesses are enough', () => {
  const policy = parseWitnessPolicy(example());
  expect([policy.logs.length, policy.witnesses.length, policy.witnesses[1]?.url]).toEqual([
    1,
    6,
    'https://x2.example/',
  ]);
  for (let mask = 0; mask < 64; mask += 1) {
    const cosigners = keys.filter((_, i) => mask & (1 << i));
    const count = (bits: number) => [0, 1, 2, 3, 4, 5].filter((i) => mask & bits & (1 << i)).length;
    expect(isQuorumMet(policy, cosigners)).toBe(count(0b111) >= 2 && count(0b111000) >= 1);
  }
  expect(quorumText(policy.quorum)).toBe('2 of (2 of X1, X2, X3), (1 of Y1, Y2, Y3)');
});

test('written for a verifier it says the same, without URLs', () => {
  const policy = parseWitnessPolicy(example());
  const again = parseWitnessPolicy(witnessPolicyText(policy, log));
  expect(again).toEqual({ ...policy, witnesses: policy.witnesses.map(({ name, key }) => ({ name, key })) });
});

test('no quorum asks for nobody, one name for that witness', () => {
  expect(isQuorumMet(parseWitnessPolicy('quorum none\n'), [])).toBe(true);
  const one = parseWitnessPolicy(`witness a ${key(0)}\nquorum a\n`);
  expect([isQuorumMet(one, []), isQuorumMet(one, [keys[1]!]), isQuorumMet(one, [keys[0]!])]).toEqual([
    false,
    false,
    true,
  ]);
});

test('the same key under another name does not count', async () => {
  const policy = parseWitnessPolicy(`witness a ${key(0)}\nquorum a\n`);
  const renamed = await verifierKeyOf({ name: 'other.example', secretKey: new Uint8Array(32).fill(1) }, 'cosignature');
  expect(isQuorumMet(policy, [renamed])).toBe(false);
});

describe('what is no policy is refused with its line', () => {
  test.each([
    ['no quorum', () => `witness a ${key(0)}\n`, /no quorum line/],
    ['two quorums', () => 'quorum none\nquorum none\n', /line 2: there is a quorum/],
    ['an unknown word', () => 'witnes a b\n', /line 1/],
    ['a log’s key as a witness', () => `witness a ${log}\nquorum a\n`, /line 1: .*log/],
    ['a witness’s key as a log', () => `log ${key(0)}\nquorum none\n`, /line 1: .*witness/],
    ['a key twice', () => `witness a ${key(0)}\nwitness b ${key(0)}\nquorum a\n`, /line 2: this key/],
    ['a name twice', () => `witness a ${key(0)}\nwitness a ${key(1)}\nquorum a\n`, /line 2: the name/],
    ['the name none', () => `witness none ${key(0)}\nquorum none\n`, /line 1: the name/],
    ['a group of what comes later', () => `group g any a\nwitness a ${key(0)}\nquorum g\n`, /line 1: a is not/],
    ['a member twice', () => `witness a ${key(0)}\ngroup g all a a\nquorum g\n`, /line 2: a is a member/],
    ['a member of two groups', () => `witness a ${key(0)}\ngroup g any a\ngroup h any a\nquorum h\n`, /line 3: a is a/],
    ['more than there are', () => `witness a ${key(0)}\ngroup g 2 a\nquorum g\n`, /line 2: the threshold/],
    ['a threshold of zero', () => `witness a ${key(0)}\ngroup g 0 a\nquorum g\n`, /line 2: the threshold/],
    ['a key that is none', () => 'witness a w+00000000+AAAA\nquorum a\n', /line 1: not a verifier key/],
  ])('%s', (_, text, message) => {
    expect(() => parseWitnessPolicy(text())).toThrow(message);
  });
});
