// Whom a request means: addresses and numbers as they are typed or pasted, hashed in this page while one looks on.
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../../../../openapi/generated/api.ts';
import { problemOf } from '../../api/problem.ts';
import { TextArea, TextField } from '../../design/field.tsx';
import { Notice } from '../../design/notice.tsx';
import { Refusal } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import type { HashedPersons } from '../../onboarding/hash-persons.ts';

interface NamedInPage {
  readonly digests: readonly string[];
}

const NOBODY: NamedInPage = { digests: [] };

/** A person stops typing for a moment before what stands there is hashed. */
const PAUSE_MS = 250;

/** `onNamed` is told undefined while there is text that is not read yet, or cannot be. */
export function PersonsField({ onNamed }: { onNamed: (named: NamedInPage | undefined) => void }) {
  const [text, setText] = useState('');
  const [country, setCountry] = useState('');
  const [hashed, setHashed] = useState<HashedPersons>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    setProblem(undefined);
    setHashed(undefined);
    onNamed(text.trim() === '' ? NOBODY : undefined);
    if (text.trim() === '') return;
    let isStale = false;
    const timer = setTimeout(() => {
      hash(text, country).then(
        (found) => {
          if (isStale) return;
          setHashed(found);
          onNamed(found.faults.length === 0 ? found : undefined);
        },
        (cause: unknown) => !isStale && setProblem(problemOf(cause)),
      );
    }, PAUSE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [text, country]);
  return (
    <>
      <TextArea label={t('requests.who')} hint={t('requests.whoHint')} rows={5} value={text} onInput={setText} />
      <TextField
        label={t('requests.country')}
        hint={t('requests.countryHint')}
        maxLength={2}
        value={country}
        onInput={setCountry}
      />
      {problem !== undefined && <Refusal problem={problem} />}
      {hashed !== undefined && <Hashed of={hashed} />}
    </>
  );
}

// Numbers of every country are a large table, loaded once somebody types.
async function hash(text: string, country: string): Promise<HashedPersons> {
  const { hashPersons } = await import('../../onboarding/hash-persons.ts');
  return hashPersons(text, /^[a-z]{2}$/i.test(country) ? { defaultCountry: country.toUpperCase() } : {});
}

const MOST_SHOWN = 5;

function Hashed({ of }: { of: HashedPersons }) {
  if (of.faults.length > 0) {
    return (
      <Notice tone="warning" title={t('requests.faults', { count: of.faults.length })}>
        <ul class="bullets">
          {of.faults.slice(0, MOST_SHOWN).map(({ row, field, code }) => (
            <li key={`${row} ${field}`}>{t('requests.fault', { row, field, code })}</li>
          ))}
        </ul>
      </Notice>
    );
  }
  return (
    <Notice tone="good" title={t('requests.hashed', { count: of.digests.length })}>
      <p>{t('requests.hashedText')}</p>
      <p class="row">
        {of.digests.slice(0, MOST_SHOWN).map((digest) => (
          <code key={digest}>{digest.slice(0, 8)}…</code>
        ))}
      </p>
      {of.missingSalts > 0 && <p>{t('requests.missingSalts', { count: of.missingSalts })}</p>}
    </Notice>
  );
}
