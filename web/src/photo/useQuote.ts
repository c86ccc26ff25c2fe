import { useEffect, useRef, useState } from "react";
import { noteBalance } from "../api/account";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import type { QuoteJobResponse } from "../gen/rekindle/jobs/v1/jobs_service_pb";
import { type Options, specOf } from "./options";

const PAUSE_MILLIS = 250;

export interface Quoted {
  /** The last answer; of other options while `stale`. */
  quote: QuoteJobResponse | null;
  stale: boolean;
  error: AppError | null;
  reload: () => void;
}

/** Price, limits and time of a job with these options, asked anew a moment after they change. */
export function useQuote(photoId: string, options: Options): Quoted {
  const [state, setState] = useState<Omit<Quoted, "reload">>({ quote: null, stale: true, error: null });
  const [round, setRound] = useState(0);
  const first = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks anew
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      try {
        const quote = await api.jobs.quoteJob(
          { photoIds: [photoId], spec: specOf(options) },
          { signal: controller.signal },
        );
        noteBalance(quote.balance);
        setState({ quote, stale: false, error: null });
      } catch (thrown) {
        if (!controller.signal.aborted) {
          setState({ quote: null, stale: false, error: decodeError(thrown) });
        }
      }
    };
    setState((before) => ({ ...before, stale: true }));
    const timer = setTimeout(ask, first.current ? 0 : PAUSE_MILLIS);
    first.current = false;
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [photoId, options, round]);

  return { ...state, reload: () => setRound((before) => before + 1) };
}
