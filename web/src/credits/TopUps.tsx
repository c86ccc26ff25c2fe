import type { TopUp } from "../gen/rekindle/credits/v1/billing_service_pb";
import { text } from "../text";
import { formatMoney } from "../text/format";
import { BuyButton } from "./BuyButton";
import type { Checkout } from "./useCheckout";

/** Credits without a plan. */
export function TopUps({ topUps, checkout }: { topUps: readonly TopUp[]; checkout: Checkout }) {
  return (
    <section aria-labelledby="top-ups" className="grid gap-4">
      <div>
        <h2 id="top-ups" className="text-2xl">
          {text.credits.topUps}
        </h2>
        <p className="text-soft">{text.credits.topUpsLead}</p>
      </div>
      <ul className="grid gap-3 sm:grid-cols-3">
        {topUps.map(({ id, credits, price }) => (
          <li
            key={id}
            className="sheet flex items-center justify-between gap-3 rounded-2xl p-4 sm:grid sm:gap-4 sm:p-5"
          >
            <div>
              <p className="text-2xl font-bold">{text.quote.price(credits)}</p>
              <p className="text-soft">{formatMoney(price)}</p>
            </div>
            <BuyButton
              checkout={checkout}
              itemKey={id}
              item={{ case: "topUpId", value: id }}
              label={text.credits.buy(credits)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
