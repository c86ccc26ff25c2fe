import { useState } from "react";
import { refreshAccount } from "../api/account";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { useLiveEvents } from "../api/liveEvents";
import {
  type CancelSubscriptionResponse,
  type Subscription,
  SubscriptionState,
} from "../gen/rekindle/credits/v1/billing_service_pb";
import { paths } from "../lib/router";
import { useLoad } from "../lib/useLoad";
import { text } from "../text";
import { dateOf, formatDay } from "../text/format";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/ErrorNote";

/** The plan that is paid for, if there is one: how long it runs, and its end after a question. */
export function YourPlan() {
  const loaded = useLoad(async (signal) => (await api.billing.getSubscription({}, { signal })).subscription, []);
  useLiveEvents((event) => {
    if (event === null || event.type.startsWith("credits.")) {
      loaded.reload(); // what was paid on the other page may be heard of only now
    }
  });
  const subscription = loaded.data ?? null;
  if (loaded.error !== null && loaded.error.reason !== "UNIMPLEMENTED") {
    return <ErrorNote error={loaded.error} onRetry={loaded.reload} />;
  }
  return subscription !== null && runs(subscription) ? (
    <Running subscription={subscription} onChange={loaded.reload} />
  ) : null;
}

function runs({ state }: Subscription): boolean {
  return (
    state === SubscriptionState.ACTIVE || state === SubscriptionState.PAST_DUE || state === SubscriptionState.ENDING
  );
}

function endOf({ periodEndTime }: Subscription): string {
  const date = dateOf(periodEndTime);
  return date === null ? "" : formatDay(date);
}

function nameOf({ tier }: Subscription): string {
  return text.credits.tiers[tier] ?? "";
}

function Running({ subscription, onChange }: { subscription: Subscription; onChange: () => void }) {
  const { state, interval } = subscription;
  const ending = state === SubscriptionState.ENDING;
  return (
    <section aria-labelledby="your-plan" className="sheet grid gap-4 rounded-2xl p-5 sm:flex sm:items-center">
      <div className="sm:grow">
        <h2 id="your-plan" className="text-2xl">
          {text.plan.title}
        </h2>
        <p className="font-semibold">{text.plan.line(nameOf(subscription), text.plan.terms[interval] ?? "")}</p>
        <p className="text-soft">
          {ending ? text.plan.ends(endOf(subscription)) : text.plan.renews(endOf(subscription))}
        </p>
        {state === SubscriptionState.PAST_DUE && <p role="status">{text.plan.pastDue}</p>}
      </div>
      <PortalButton />
      {!ending && <EndPlan name={nameOf(subscription)} onChange={onChange} />}
    </section>
  );
}

/** Leads to the payment provider's page, where cards are changed and invoices lie. */
function PortalButton() {
  const [opening, setOpening] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const open = async () => {
    setOpening(true);
    setError(null);
    try {
      location.assign((await api.billing.createPortal({ returnPath: paths.credits })).url);
    } catch (thrown) {
      setError(decodeError(thrown));
      setOpening(false);
    }
  };
  return (
    <>
      {error !== null && <ErrorNote error={error} />}
      <Button disabled={opening} onClick={open}>
        {opening ? text.credits.opening : text.plan.portal}
      </Button>
    </>
  );
}

/** Ends the plan with its period, after a question that says what is lost. */
function EndPlan({ name, onChange }: { name: string; onChange: () => void }) {
  const [preview, setPreview] = useState<CancelSubscriptionResponse | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  const cancel = async (onlyPreview: boolean) => {
    setBusy(true);
    setError(null);
    try {
      const answer = await api.billing.cancelSubscription({ preview: onlyPreview });
      setPreview(onlyPreview ? answer : null);
      if (!onlyPreview) {
        onChange();
        void refreshAccount();
      }
    } catch (thrown) {
      setError(decodeError(thrown));
    } finally {
      setBusy(false);
    }
  };

  const ends = preview?.subscription;
  return (
    <>
      {error !== null && preview === null && <ErrorNote error={error} />}
      <Button look="quiet" disabled={busy} onClick={() => cancel(true)}>
        {text.plan.end}
      </Button>
      <Dialog open={preview !== null} title={text.plan.endTitle(name)} onClose={() => setPreview(null)}>
        {ends !== undefined && <p>{text.plan.endBody(endOf(ends))}</p>}
        <p className="font-semibold">{text.plan.endLost(preview?.creditsLost ?? 0)}</p>
        {error !== null && <ErrorNote error={error} />}
        <div className="grid gap-2 sm:grid-cols-2">
          <Button onClick={() => setPreview(null)}>{text.plan.endNo}</Button>
          <Button look="danger" disabled={busy} onClick={() => cancel(false)}>
            {text.plan.endYes}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
