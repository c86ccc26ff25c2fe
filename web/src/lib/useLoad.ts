import { type DependencyList, useCallback, useEffect, useRef, useState } from "react";
import { type AppError, decodeError } from "../api/errors";

/** Something that is fetched: not here yet, here, or failed. Data of the time before stays while it is fetched anew. */
export interface Loaded<T> {
  data: T | null;
  error: AppError | null;
  loading: boolean;
  reload: () => void;
}

/**
 * Fetches when the dependencies change, and aborts what is under way for the ones before.
 */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, dependencies: DependencyList): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: AppError | null; loading: boolean }>({
    data: null,
    error: null,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what the load depends on
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, error: null, loading: true }));
    latest.current(controller.signal).then(
      (data) => controller.signal.aborted || setState({ data, error: null, loading: false }),
      (thrown) =>
        controller.signal.aborted || setState((before) => ({ ...before, error: decodeError(thrown), loading: false })),
    );
    return () => controller.abort();
  }, [round, ...dependencies]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}
