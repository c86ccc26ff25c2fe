import { useAccount } from "../api/account";
import { api } from "../api/clients";
import type { Account } from "../gen/rekindle/credits/v1/account_pb";
import { useLoad } from "../lib/useLoad";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { dateOf, formatDay } from "../text/format";
import { ErrorNote } from "../ui/ErrorNote";
import { Ledger } from "./Ledger";
import { Plans } from "./Plans";
import { TopUps } from "./TopUps";
import { useCheckout } from "./useCheckout";
import { YourPlan } from "./YourPlan";

/** Balance, prices, what can be bought, and where every credit went. */
export default function CreditsPage() {
  const account = useAccount();
  const shop = useLoad(async (signal) => api.billing.listPlans({}, { signal }), []);
  const checkout = useCheckout();
  return (
    <div className="grid gap-9">
      <PageTitle>{text.credits.title}</PageTitle>
      <div className="grid gap-5 md:grid-cols-[1.2fr_1fr]">
        <Balance account={account} />
        <Prices account={account} />
      </div>
      <YourPlan />
      {checkout.error !== null && <ErrorNote error={checkout.error} />}
      {checkout.closed && (
        <p role="status" className="rounded-2xl bg-flame-wash px-4 py-3">
          {text.credits.soonNote}
        </p>
      )}
      {shop.error !== null && <ErrorNote error={shop.error} onRetry={shop.reload} />}
      {shop.data?.testMode && <p className="text-sm text-soft">{text.credits.testMode}</p>}
      {shop.data !== null && shop.data.topUps.length > 0 && <TopUps topUps={shop.data.topUps} checkout={checkout} />}
      {shop.data !== null && shop.data.plans.length > 0 && (
        <Plans plans={shop.data.plans} tier={account?.tier ?? 0} checkout={checkout} />
      )}
      <Ledger />
    </div>
  );
}

function Balance({ account }: { account: Account | null }) {
  const next = dateOf(account?.nextGrantTime);
  return (
    <section
      aria-label={text.credits.balanceLabel}
      className="relative grid content-center gap-1 overflow-hidden rounded-[2rem] bg-[#2b2018] p-7 text-[#f5ecdf] shadow-lift md:p-9"
    >
      <div
        aria-hidden
        className="absolute -top-20 -right-16 size-72 rounded-full bg-[radial-gradient(closest-side,#f3a62b_0%,#b8651477_45%,transparent)] opacity-70"
      />
      <p className="relative">{text.credits.balanceLabel}</p>
      <p className="relative text-5xl font-bold tabular-nums" aria-live="polite">
        {account === null ? "…" : text.credits.balance(account.balance)}
      </p>
      {account !== null && (
        <p className="relative mt-3 text-[#e2d2bd]">
          {text.credits.tierLine(text.credits.tiers[account.tier] ?? "")}
          {account.monthlyGrant > 0 &&
            next !== null &&
            ` · ${text.credits.nextGrant(account.monthlyGrant, formatDay(next))}`}
        </p>
      )}
      {account !== null && account.debt > 0 && (
        <p className="relative mt-3 text-[#e2d2bd]">{text.credits.debt(account.debt)}</p>
      )}
    </section>
  );
}

function Prices({ account }: { account: Account | null }) {
  const prices = (account?.prices ?? []).filter(({ jobType }) => [1, 2, 3].includes(jobType));
  return (
    <section aria-labelledby="prices" className="sheet rounded-[2rem] p-6 md:p-7">
      <h2 id="prices" className="mb-3 text-xl">
        {text.credits.prices}
      </h2>
      <dl className="divide-y divide-line">
        {prices.map(({ jobType, credits }) => (
          <div key={jobType} className="flex items-baseline justify-between gap-4 py-2.5">
            <dt>{text.jobTypeNouns[jobType]}</dt>
            <dd className="font-semibold whitespace-nowrap">{text.quote.price(credits)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
