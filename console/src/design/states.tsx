// The states that a page may be in besides having something to show: loading, empty, refused, failed.
// A refusal says which policy decided and what to do about it, never only that something went wrong.
import type { ComponentChildren } from 'preact';
import type { Problem } from '../../../openapi/generated/api.ts';
import type { Resource } from '../api/resource.ts';
import { findMessage, t } from '../i18n/i18n.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export function Loading({ label }: { label?: string }) {
  return (
    <div class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      <span>{label ?? t('parts.loading')}</span>
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ComponentChildren;
  /** What one does here first. */
  action?: ComponentChildren;
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div class="empty">
      <svg class="empty-mark" viewBox="0 0 64 40" aria-hidden="true">
        <path d="M8 4v32M56 4v32M8 8l24 12L56 8M8 32l24-12 24 12" />
      </svg>
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
      {action}
    </div>
  );
}

interface RefusalProps {
  problem: Problem;
  onRetry?: (() => void) | undefined;
}

/** A problem of the service: what was refused, by which policy, why, and what to do. */
export function Refusal({ problem, onRetry }: RefusalProps) {
  const { decision } = problem;
  const isRefused = decision?.outcome === 'deny';
  return (
    <Notice tone={isRefused ? 'warning' : 'danger'} title={titleOf(problem)}>
      {problem.detail !== undefined && <p>{problem.detail}</p>}
      {(problem.errors ?? []).length > 0 && (
        <ul class="bullets">
          {problem.errors!.map((one) => (
            <li key={`${one.pointer} ${one.message}`}>
              {one.message}
              {one.hint !== undefined && <span class="muted"> {one.hint}</span>}
            </li>
          ))}
        </ul>
      )}
      {decision !== undefined && <Reasons reasons={decision.reasons} policies={decision.policies} />}
      <p class="notice-foot">
        {onRetry !== undefined && (
          <Button size="small" onPress={onRetry}>
            {t('parts.retry')}
          </Button>
        )}
        {problem.request_id !== '' && <span class="muted">{t('parts.request', { id: problem.request_id })}</span>}
      </p>
    </Notice>
  );
}

interface ReasonsProps {
  reasons: readonly string[];
  policies: readonly string[];
}

/** Why a policy refused, each with what to do about it, and the names of the policies. */
export function Reasons({ reasons, policies }: ReasonsProps) {
  return (
    <div class="reasons">
      <ul class="bullets">
        {reasons.map((reason) => (
          <li key={reason}>{findMessage(`reasons.${reason}`) ?? reason}</li>
        ))}
      </ul>
      {policies.length > 0 && (
        <p class="muted">
          {t('parts.decidedBy', { count: policies.length })}{' '}
          {policies.map((policy) => (
            <code key={policy}>{policy}</code>
          ))}
        </p>
      )}
    </div>
  );
}

function titleOf(problem: Problem): string {
  return findMessage(`problems.${problem.code}`) ?? problem.title;
}

interface AnsweredProps<T> {
  of: Resource<T>;
  label?: string;
  children: (value: T) => ComponentChildren;
}

/** Shows what was read; what was there before stays while it is read again. */
export function Answered<T>({ of, label, children }: AnsweredProps<T>) {
  if (of.state === 'failed') return <Refusal problem={of.problem} onRetry={of.reload} />;
  if (of.state === 'loading') return <Loading {...(label === undefined ? {} : { label })} />;
  return <>{children(of.value)}</>;
}
