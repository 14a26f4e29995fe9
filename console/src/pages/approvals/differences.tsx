// The difference to what was approved before, place by place: words in and out, lines of a text, or one value for another.
import { findMessage, t } from '../../i18n/i18n.ts';
import { type Change, type Difference, differenceOf, type Line } from './difference.ts';

export function Differences({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="muted">{t('approvals.noChanges')}</p>;
  return (
    <dl class="differences">
      {changes.map((change) => (
        <div key={change.pointer}>
          <dt>{placeText(differenceOf(change).path)}</dt>
          <dd>
            <Drawn of={differenceOf(change)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A word of the product in the reader's language, and what somebody named as it is. */
function placeText(path: readonly string[]): string {
  const words = path.map((part) => findMessage(`approvals.place-${part}`) ?? part.replaceAll('_', ' '));
  return words.length === 0 ? t('approvals.whole') : words.join(' › ');
}

function Drawn({ of }: { of: Difference }) {
  if (of.form === 'lines') return <Lines lines={of.lines} />;
  if (of.form === 'words') return <Words of={of} />;
  return (
    <span class="row">
      {of.before !== undefined && <del>{of.before}</del>}
      {of.before !== undefined && of.after !== undefined && <span aria-hidden="true">→</span>}
      {of.after !== undefined && <ins>{of.after}</ins>}
    </span>
  );
}

function Words({ of }: { of: Extract<Difference, { form: 'words' }> }) {
  const { kept, added, gone } = of;
  if (kept.length + added.length + gone.length === 0) return <span class="muted">{t('approvals.nothing')}</span>;
  return (
    <span class="row">
      {added.map((word) => (
        <ins key={word}>{word}</ins>
      ))}
      {gone.map((word) => (
        <del key={word}>{word}</del>
      ))}
      {kept.map((word) => (
        <span key={word} class="word-kept">
          {word}
        </span>
      ))}
    </span>
  );
}

const LOOKS = { '+': 'is-added', '-': 'is-gone', ' ': '' } as const;

export function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <pre class="lines" tabIndex={0}>
      {lines.map((line, i) => (
        <span key={i} class={LOOKS[line.sign]}>
          {line.sign === '+' ? (
            <ins>+ {line.text}</ins>
          ) : line.sign === '-' ? (
            <del>- {line.text}</del>
          ) : (
            `  ${line.text}`
          )}
        </span>
      ))}
    </pre>
  );
}
