// What a page reads from the service while it is shown: loading, ready or failed, and a way to read it again.
// An answer that arrives after a newer question was asked is dropped.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../../openapi/generated/api.ts';
import { problemOf } from './problem.ts';

export type Resource<T> = (
  | { readonly state: 'loading'; readonly value?: T }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly problem: Problem; readonly value?: T }
) & { readonly reload: () => void };

type Held<T> = { state: 'loading'; value?: T } | { state: 'ready'; value: T } | { state: 'failed'; problem: Problem };

interface ResourceOptions<T> {
  /** Reads again after so long while this holds, as for a job that is under way. */
  readonly again?: (value: T) => number | undefined;
}

export function useResource<T>(
  read: () => Promise<T>,
  inputs: readonly unknown[],
  options: ResourceOptions<T> = {},
): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ state: 'loading' });
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const reload = useCallback(() => {
    clearTimeout(timer.current);
    const mine = ++turn.current;
    read().then(
      (value) => {
        if (mine !== turn.current) return;
        setHeld({ state: 'ready', value });
        const waitMs = options.again?.(value);
        if (waitMs !== undefined) timer.current = setTimeout(reload, waitMs);
      },
      (cause: unknown) => mine === turn.current && setHeld({ state: 'failed', problem: problemOf(cause) }),
    );
  }, inputs);
  useEffect(() => {
    setHeld({ state: 'loading' });
    reload();
    return () => {
      turn.current++;
      clearTimeout(timer.current);
    };
  }, [reload]);
  return { ...held, reload } as Resource<T>;
}

/** Something a person asks to be done: busy while it is, with the problem if it was not. */
export interface Deed<A extends unknown[]> {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly run: (...given: A) => void;
  readonly forget: () => void;
}

export function useDeed<A extends unknown[]>(work: (...given: A) => Promise<void>): Deed<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = (...given: A): void => {
    setBusy(true);
    setProblem(undefined);
    work(...given)
      .catch((cause: unknown) => setProblem(problemOf(cause)))
      .finally(() => setBusy(false));
  };
  return { busy, problem, run, forget: () => setProblem(undefined) };
}
