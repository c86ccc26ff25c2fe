import { WandSparkles } from "lucide-react";
import { useRef, useState } from "react";
import { refreshAccount } from "../api/account";
import { api } from "../api/clients";
import { clientId, sessionId } from "../api/device";
import { type AppError, decodeError } from "../api/errors";
import { newId } from "../lib/ids";
import { navigate, paths } from "../lib/router";
import { text } from "../text";
import { Button, ButtonLink } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { type Options, specOf } from "./options";
import type { Quoted } from "./useQuote";

interface StartButtonProps {
  photoId: string;
  options: Options;
  quoted: Quoted;
}

/** The one thing to press: what it does and what it costs. */
export function StartButton({ photoId, options, quoted }: StartButtonProps) {
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  /** One id for the same options, so that a second press after a lost answer starts nothing twice. */
  const request = useRef<{ options: Options; id: string } | null>(null);
  const { quote, stale } = quoted;

  const start = async () => {
    if (quote === null) {
      return;
    }
    if (request.current?.options !== options) {
      request.current = { options, id: newId() };
    }
    setStarting(true);
    setError(null);
    try {
      const { job } = await api.jobs.createJob({
        photoIds: [photoId],
        spec: specOf(options),
        clientId: clientId(),
        sessionId: sessionId(),
        requestId: request.current.id,
        creditCostMax: quote.creditCost,
      });
      void refreshAccount();
      if (job !== undefined) {
        navigate(paths.job(job.id));
      }
    } catch (thrown) {
      setError(decodeError(thrown));
      quoted.reload();
    } finally {
      setStarting(false);
    }
  };

  const work = text.quote.works[options.work];
  return (
    <div className="grid gap-2">
      {error !== null && <ErrorNote error={error} />}
      {quote !== null && !quote.affordable ? (
        <ButtonLink look="flame" size="large" href={paths.credits}>
          {text.quote.buy}
        </ButtonLink>
      ) : (
        <Button
          look="flame"
          size="large"
          disabled={quote === null || starting}
          icon={<WandSparkles size={22} aria-hidden />}
          onClick={start}
        >
          {labelOf(work, quote?.creditCost, starting)}
        </Button>
      )}
      {quote !== null && (
        <p className={`text-center text-sm text-soft ${stale ? "opacity-60" : ""}`} aria-live="polite">
          {quote.affordable
            ? text.quote.balance(quote.balance, quote.balance - quote.creditCost)
            : text.quote.short(quote.creditCost - quote.balance)}
        </p>
      )}
    </div>
  );
}

function labelOf(work: string, cost: number | undefined, starting: boolean): string {
  if (starting) {
    return text.quote.starting;
  }
  if (cost === undefined) {
    return work;
  }
  return cost === 0 ? text.quote.buttonFree(work) : text.quote.button(work, cost);
}
