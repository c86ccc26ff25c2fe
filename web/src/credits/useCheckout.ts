import type { MessageInitShape } from "@bufbuild/protobuf";
import { useEffect, useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import type { CreateCheckoutRequestSchema } from "../gen/rekindle/credits/v1/billing_service_pb";
import { newId } from "../lib/ids";
import { paths } from "../lib/router";

type Item = NonNullable<MessageInitShape<typeof CreateCheckoutRequestSchema>["item"]>;

export interface Checkout {
  /** Opens the payment page for an item; the key says which button waits. */
  buy: (key: string, item: Item) => void;
  opening: string | null;
  /** This Rekindle takes no payments yet. */
  closed: boolean;
  error: AppError | null;
}

export function useCheckout(): Checkout {
  const [opening, setOpening] = useState<string | null>(null);
  const [closed, setClosed] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  useEffect(() => {
    // Coming back from the payment page by the back button.
    const back = () => setOpening(null);
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);

  const buy = async (key: string, item: Item) => {
    setOpening(key);
    setError(null);
    try {
      const { url } = await api.billing.createCheckout({ item, returnPath: paths.credits, requestId: newId() });
      location.assign(url);
    } catch (thrown) {
      const failed = decodeError(thrown);
      setOpening(null);
      if (failed.reason === "UNIMPLEMENTED") {
        setClosed(true);
      } else {
        setError(failed);
      }
    }
  };
  return { buy, opening, closed, error };
}
