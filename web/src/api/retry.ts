import type { Interceptor } from "@connectrpc/connect";
import { backoffMillis, type Sleep, sleep } from "../lib/time";
import { decodeError } from "./errors";

const TRIES_MAX = 4;
const RETRY_AFTER_MILLIS_MAX = 5_000;

/** Calls that do more when they are repeated. All others read, or carry an id that makes them safe. */
const ONCE_ONLY = new Set(["RetryJob", "CreateCheckout", "CreatePortal", "EraseAccount"]);

/**
 * Tries unary calls again when the mesh says that it helps: a part is away, too many calls, a change at the same
 * moment. A long time-out asked for by the server is left to the person.
 */
export function retrying(wait: Sleep = sleep, random: () => number = Math.random): Interceptor {
  return (next) => async (request) => {
    if (request.stream || ONCE_ONLY.has(request.method.name)) {
      return next(request);
    }
    for (let tries = 1; ; tries++) {
      try {
        return await next(request);
      } catch (thrown) {
        const error = decodeError(thrown);
        const asked = error.retryAfterMillis ?? 0;
        const hopeless = !error.retryable || error.reason === "DEADLINE_EXCEEDED" || asked > RETRY_AFTER_MILLIS_MAX;
        if (hopeless || tries >= TRIES_MAX || request.signal.aborted) {
          throw thrown;
        }
        await wait(Math.max(asked, backoffMillis(tries, random)), request.signal);
      }
    }
  };
}
