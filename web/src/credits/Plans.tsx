import { Check } from "lucide-react";
import { useState } from "react";
import type { Tier } from "../gen/rekindle/common/v1/tier_pb";
import { BillingInterval, type Plan } from "../gen/rekindle/credits/v1/billing_service_pb";
import { text } from "../text";
import { formatMoney } from "../text/format";
import { Segmented } from "../ui/Segmented";
import { BuyButton } from "./BuyButton";
import type { Checkout } from "./useCheckout";

interface PlansProps {
  plans: readonly Plan[];
  tier: Tier | 0;
  checkout: Checkout;
}

/** The plans there are, and which one is the person's. */
export function Plans({ plans, tier, checkout }: PlansProps) {
  const [interval, setInterval] = useState<"month" | "year">("month");
  return (
    <section aria-labelledby="plans" className="grid gap-4">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h2 id="plans" className="text-2xl">
            {text.credits.plans}
          </h2>
          <p className="max-w-lg text-soft">{text.credits.plansLead}</p>
        </div>
        <div className="w-full sm:w-64">
          <Segmented
            quiet
            legend={text.credits.interval}
            value={interval}
            onChange={setInterval}
            choices={[
              { value: "month", label: text.credits.byMonth },
              { value: "year", label: text.credits.byYear },
            ]}
          />
        </div>
      </div>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {plans.map((plan) => (
          <PlanCard
            key={plan.tier}
            plan={plan}
            yearly={interval === "year"}
            current={plan.tier === tier}
            checkout={checkout}
          />
        ))}
      </ul>
    </section>
  );
}

interface PlanCardProps {
  plan: Plan;
  yearly: boolean;
  current: boolean;
  checkout: Checkout;
}

function PlanCard({ plan, yearly, current, checkout }: PlanCardProps) {
  const price = yearly ? plan.annualPrice : plan.monthlyPrice;
  const paid = price !== undefined && (price.units > 0n || price.nanos > 0);
  const limits = plan.limits;
  const size = limits === undefined ? undefined : text.quote.sizes[limits.resolutionMax];
  return (
    <li
      className={`grid grid-rows-[auto_1fr_auto] gap-4 rounded-2xl bg-paper p-5 ${current ? "ring-2 ring-ember" : "ring-1 ring-line"}`}
    >
      <div>
        <h3 className="text-xl">{plan.title}</h3>
        <p>
          <span className="text-3xl font-bold">{formatMoney(price) || formatMoney(plan.monthlyPrice)}</span>{" "}
          {paid && <span className="text-soft">{yearly ? text.credits.annual : text.credits.monthly}</span>}
        </p>
      </div>
      <ul className="grid content-start gap-1.5 text-sm">
        <Point>{text.credits.perMonth(plan.monthlyCredits)}</Point>
        {size !== undefined && <Point>{size}</Point>}
        {limits !== undefined && <Point>{limits.watermark ? text.credits.watermark : text.credits.noWatermark}</Point>}
        {limits !== undefined && limits.openJobsMax > 0 && <Point>{text.credits.openJobs(limits.openJobsMax)}</Point>}
      </ul>
      {current ? (
        <p className="grid min-h-12 place-items-center rounded-xl bg-flame-wash font-semibold">
          {text.credits.current}
        </p>
      ) : (
        paid && (
          <BuyButton
            checkout={checkout}
            itemKey={`plan-${plan.tier}`}
            label={text.credits.choose(plan.title)}
            item={{
              case: "plan",
              value: { tier: plan.tier, interval: yearly ? BillingInterval.YEAR : BillingInterval.MONTH },
            }}
          />
        )
      )}
    </li>
  );
}

function Point({ children }: { children: string }) {
  return (
    <li className="flex gap-2">
      <Check size={16} strokeWidth={3} className="mt-0.5 shrink-0 text-moss" aria-hidden />
      {children}
    </li>
  );
}
