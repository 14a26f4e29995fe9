// What each tick proves and, beside it, what it does not: a tick alone invites over-reading.
import type { Tick, TickName } from '../../../../audit/ticks.ts';
import { t } from '../../i18n/i18n.ts';

export function ProvenAndNot({ names, isOpen = false }: { names: readonly TickName[]; isOpen?: boolean }) {
  return (
    <details class="proven" open={isOpen}>
      <summary>{t('auditLog.ticks')}</summary>
      <ul class="proven-list">
        {names.map((name) => (
          <li key={name}>
            <p>
              <span class="proven-sign is-proven" aria-hidden="true">
                ✓
              </span>
              <span class="unseen">{t('auditLog.proves')}: </span>
              {t(`auditLog.proves-${name}`)}
            </p>
            <p class="muted">
              <span class="proven-sign" aria-hidden="true">
                ✗
              </span>
              <strong>{t('auditLog.doesNotProve')}:</strong> {t(`auditLog.doesNotProve-${name}`)}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Each name once: a receipt may carry several cosignatures. */
export function namesOf(ticks: readonly Tick[]): TickName[] {
  return [...new Set(ticks.filter(({ ok }) => ok).map(({ name }) => name))];
}
