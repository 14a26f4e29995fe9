// Rules of signed notes, keys and cosignatures, with the examples of c2sp.org/signed-note and c2sp.org/tlog-cosignature.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBase64 } from './bytes.ts';
import { parseVerifierKey, verifierKeyOf, verifierKeyText } from './note-key.ts';
import { cosignatureLine, openNote, parseNote, signNote } from './signed-note.ts';

const EXAMPLE_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const EXAMPLE_LINE =
  '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
const EXAMPLE = `This is an example message.\n\n${EXAMPLE_LINE}`;
const KEYS = [parseVerifierKey(EXAMPLE_KEY)];
const SIGNER = { name: 'ecluse.example/log', secretKey: new Uint8Array(32).fill(7) };
const WITNESS = { name: 'witness.example/w1', secretKey: new Uint8Array(32).fill(9), timestampSeconds: 1_679_315_147n };

test('the example of the specification opens, and its key is written as it was read', async () => {
  expect((await openNote(EXAMPLE, KEYS)).text).toBe('This is an example message.\n');
  expect(verifierKeyText(KEYS[0]!)).toBe(EXAMPLE_KEY);
});

test('the vector of golang.org/x/mod/sumdb/note opens, and is signed alike', async () => {
  const key = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  const text =
    'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
      '’',
      "'",
    );
  const line =
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
  expect((await openNote(`${text}\n${line}`, [key])).text).toBe(text);
  const secretKey = findBase64('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz')!.subarray(1);
  expect(await signNote(text, [{ name: 'PeterNeumann', secretKey }])).toBe(`${text}\n${line}`);
});

test('what is signed opens, with bytes or with text', async () => {
  const note = await signNote('a\n\nb\n', [SIGNER]);
  const key = await verifierKeyOf(SIGNER);
  expect((await openNote(note, [key])).text).toBe('a\n\nb\n');
  expect((await openNote(new TextEncoder().encode(note), [key])).verifiedBy[0]!.key).toEqual(key);
});

test('sixteen signatures and more are accepted, unknown ones ignored even under a known name', async () => {
  const strangers = Array.from(
    { length: 40 },
    (_, i) => `— example.com/${i} ${btoa(`key${String.fromCharCode(i)}sig`)}\n`,
  );
  const sameName = `— example.com/foo ${btoa('otheridsig')}\n`;
  const opened = await openNote(EXAMPLE.replace(EXAMPLE_LINE, [...strangers, sameName, EXAMPLE_LINE].join('')), KEYS);
  expect(opened.verifiedBy).toHaveLength(1);
});

test('a note that no known key signed is refused', async () => {
  await expect(openNote(EXAMPLE, [])).rejects.toMatchObject({ code: 'signature_missing' });
  await expect(openNote(EXAMPLE, [await verifierKeyOf(SIGNER)])).rejects.toMatchObject({ code: 'signature_missing' });
});

test('a failing signature of a known key refuses the note, though another known key signed it', async () => {
  const note = await signNote('text\n', [SIGNER]);
  const wrong = EXAMPLE_LINE.replace('neyaQM=', 'neyaQA=');
  const keys = [...KEYS, await verifierKeyOf(SIGNER)];
  await expect(openNote(note + wrong, keys)).rejects.toMatchObject({ code: 'signature_invalid' });
  await expect(openNote(EXAMPLE + wrong, keys)).rejects.toMatchObject({ code: 'signature_invalid' });
});

test('any flipped bit of a signed note is refused or leaves the text as it was', async () => {
  const bytes = new TextEncoder().encode(EXAMPLE);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
      const copy = Uint8Array.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      await expect(openNote(copy, KEYS)).rejects.toThrow();
    }),
    { numRuns: 300 },
  );
});

describe('a note is taken apart strictly', () => {
  test.each([
    ['CRLF', EXAMPLE.replaceAll('\n', '\r\n')],
    ['a tab in the text', EXAMPLE.replace(' is', '\tis')],
    ['no final newline', EXAMPLE.slice(0, -1)],
    ['no empty line', EXAMPLE.replace('\n\n', '\n')],
    ['no signature', 'This is an example message.\n\n'],
    ['an empty line at the end', `${EXAMPLE}\n`],
    ['a hyphen for the dash', EXAMPLE.replace('—', '-')],
    ['two blanks', EXAMPLE.replace('— ', '—  ')],
    ['a blank behind', EXAMPLE.replace('M=\n', 'M= \n')],
    ['base64 without padding', EXAMPLE.replace('M=\n', 'M\n')],
    ['base64 with stray bits', EXAMPLE.replace('QM=\n', 'QN=\n')],
    ['base64 of the URL alphabet', EXAMPLE.replace('Uw2Q', 'Uw-_')],
    ['a plus in the name', EXAMPLE.replace('com/foo', 'com+foo')],
    ['a no-break space in the name', EXAMPLE.replace('com/foo', 'com\u00a0foo')],
    ['a signature of no bytes', `text\n\n— example.com/foo ${btoa('abcd')}\n`],
    ['a lone surrogate', EXAMPLE.replace('This', '\ud800')],
  ])('%s is malformed', (_name, note) => {
    expect(() => parseNote(note)).toThrow(/not a signed note/);
  });

  test('bytes that are no UTF-8 are malformed', () => {
    expect(() => parseNote(Uint8Array.of(0xff, 10, 10))).toThrow(/not UTF-8/);
  });
});

describe('a verifier key is read strictly', () => {
  test.each([
    ['a wrong key id', EXAMPLE_KEY.replace('530d903a', '530d903b')],
    ['upper-case hex', EXAMPLE_KEY.replace('530d903a', '530D903A')],
    ['a short key id', EXAMPLE_KEY.replace('530d903a', '530d90')],
    ['no name', EXAMPLE_KEY.replace('example.com/foo', '')],
    ['a blank in the name', EXAMPLE_KEY.replace('example.com/foo', 'example foo')],
    ['another type', EXAMPLE_KEY.replace('+Ae', '+Ce')],
    ['a cut key', EXAMPLE_KEY.slice(0, -4)],
    ['one part missing', 'example.com/foo+530d903a'],
    ['a part too many', `${EXAMPLE_KEY}+AA==`],
    ['nothing', ''],
  ])('%s is malformed', (_name, text) => {
    expect(() => parseVerifierKey(text)).toThrow(/not a verifier key/);
  });
});

describe('cosignatures (type 0x04)', () => {
  const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';

  test('a witness’s line opens with its time', async () => {
    const note = `${text}\n${await cosignatureLine(text, WITNESS)}`;
    const key = await verifierKeyOf(WITNESS, 'cosignature');
    expect((await openNote(note, [key])).verifiedBy).toEqual([{ key, timestampSeconds: 1_679_315_147n }]);
    expect(parseVerifierKey(verifierKeyText(key))).toEqual(key);
  });

  test('another time, another text or the log’s own signature under the witness’s key does not', async () => {
    const key = await verifierKeyOf(WITNESS, 'cosignature');
    const line = await cosignatureLine(text, WITNESS);
    const later = await cosignatureLine(text, { ...WITNESS, timestampSeconds: WITNESS.timestampSeconds + 1n });
    const [, , own] = (await signNote(text, [WITNESS])).split('\n\n')[1]!.split(' ');
    const spliced = line.replace(line.split(' ')[2]!.slice(0, 16), later.split(' ')[2]!.slice(0, 16));
    expect(spliced).not.toBe(line);
    for (const note of [`${text}\n${spliced}`, `another ${text}\n${line}`])
      await expect(openNote(note, [key])).rejects.toMatchObject({ code: 'signature_invalid' });
    await expect(openNote(`${text}\n— ${WITNESS.name} ${own}`, [key])).rejects.toMatchObject({
      code: 'signature_missing',
    });
  });
});
