import { type DependencyList, useCallback, useEffect, useRef, useState } from "react";
import { type AppError, decodeError } from "../api/errors";

export interface Page<T> {
  items: T[];
  nextPageToken: string;
}

export interface Pages<T> {
  items: T[];
  error: AppError | null;
  loading: boolean;
  /** Null when everything is here. */
  more: (() => void) | null;
  reload: () => void;
}

/** A list that is fetched page by page; begins anew when the dependencies change. */
export function usePages<T>(
  load: (pageToken: string, signal: AbortSignal) => Promise<Page<T>>,
  dependencies: DependencyList,
): Pages<T> {
  const [items, setItems] = useState<T[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const controller = useRef<AbortController>(null);

  const fetchPage = useCallback((token: string) => {
    const mine = new AbortController();
    controller.current?.abort();
    controller.current = mine;
    setLoading(true);
    setError(null);
    latest.current(token, mine.signal).then(
      (page) => {
        if (!mine.signal.aborted) {
          setItems((before) => (token === "" ? page.items : [...before, ...page.items]));
          setNext(page.nextPageToken === "" ? null : page.nextPageToken);
          setLoading(false);
        }
      },
      (thrown) => {
        if (!mine.signal.aborted) {
          setError(decodeError(thrown));
          setLoading(false);
        }
      },
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what the list depends on
  useEffect(() => {
    fetchPage("");
    return () => controller.current?.abort();
  }, [round, fetchPage, ...dependencies]);

  const more = next === null ? null : () => fetchPage(next);
  return { items, error, loading, more, reload: useCallback(() => setRound((before) => before + 1), []) };
}
