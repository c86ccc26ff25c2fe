import { text } from "../text";
import { Button } from "../ui/Button";
import type { Checkout } from "./useCheckout";

interface BuyButtonProps {
  checkout: Checkout;
  itemKey: string;
  item: Parameters<Checkout["buy"]>[1];
  label: string;
}

export function BuyButton({ checkout, itemKey, item, label }: BuyButtonProps) {
  const { buy, opening, closed } = checkout;
  const words = opening === itemKey ? text.credits.opening : label;
  return (
    <Button disabled={closed || opening !== null} onClick={() => buy(itemKey, item)}>
      {closed ? text.credits.soon : words}
    </Button>
  );
}
