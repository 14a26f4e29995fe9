// Policies to be read: what each says, why it is there, and its text for whoever wants it word by word.
import { useState } from 'preact/hooks';
import type { Policy } from '../../../../openapi/generated/api.ts';
import { TextField } from '../../design/field.tsx';
import { Badge } from '../../design/notice.tsx';
import { Empty } from '../../design/states.tsx';
import { t } from '../../i18n/i18n.ts';
import { place } from '../../router.tsx';

export function PolicyList({ policies }: { policies: readonly Policy[] }) {
  const [sought, setSought] = useState('');
  const named = place.value.query.get('policy');
  const found = policies.filter((policy) => isSought(policy, sought));
  return (
    <div class="stack">
      <TextField label={t('policies.search')} type="search" value={sought} onInput={setSought} />
      <p class="muted small" role="status">
        {t('policies.count', { count: found.length })}
      </p>
      {found.length === 0 && <Empty title={t('policies.noneFound')} />}
      <ul class="policy-list">
        {found.map((policy) => (
          <li key={policy.id} class={policy.id === named ? 'is-named' : ''}>
            <p class="row">
              <Badge tone={policy.effect === 'forbid' ? 'danger' : 'good'}>
                {t(`policies.effect-${policy.effect}`)}
              </Badge>
              <strong>{policy.title}</strong>
              {isOwn(policy) && <Badge tone="info">{t('policies.own')}</Badge>}
            </p>
            <p class="muted">{policy.reason}</p>
            <details open={policy.id === named}>
              <summary>
                {t('policies.wording')} <code>{policy.id}</code>
              </summary>
              <pre tabIndex={0}>{policy.text}</pre>
            </details>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A policy that a tenant added for itself begins with the tenant's id. */
export function isOwn({ id }: Pick<Policy, 'id'>): boolean {
  return /^ten_[0-9a-z]{26}/.test(id);
}

function isSought({ id, title, reason, text }: Policy, sought: string): boolean {
  const words = sought.toLowerCase().split(/\s+/);
  const all = `${id} ${title} ${reason} ${text}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
