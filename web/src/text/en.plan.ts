import { credits } from "./words";

/** The plan a person has, and its end. */
export const plan = {
  title: "Your plan",
  terms: { 1: "billed monthly", 2: "billed yearly" } as Record<number, string>,
  line: (plan: string, term: string) => (term === "" ? plan : `${plan}, ${term}`),
  renews: (date: string) => `It renews on ${date}.`,
  ends: (date: string) => `It ends on ${date}. Until then everything stays as it is.`,
  pastDue: "The last payment did not go through. New credits come when it is made.",
  portal: "Cards and invoices",
  end: "End the plan",
  endTitle: (plan: string) => `End ${plan}?`,
  endBody: (date: string) => `Your plan runs until ${date} and then ends.`,
  endLost: (count: number) =>
    count === 0
      ? "Credits that are left then are lost, those you bought too. Right now you have none."
      : `All credits that are left then are lost, those you bought too. Right now that would be ${credits(count)}.`,
  endNo: "Keep the plan",
  endYes: "End the plan",
};
