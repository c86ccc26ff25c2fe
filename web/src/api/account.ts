import { useEffect } from "react";
import { onSignOut, session } from "../auth/session";
import type { Account } from "../gen/rekindle/credits/v1/account_pb";
import type { CreditsEvent } from "../gen/rekindle/events/v1/event_pb";
import type { Engine } from "../gen/rekindle/processing/v1/processing_service_pb";
import { createStore, useStore } from "../lib/store";
import { api } from "./clients";

/** The account of who is signed in; null until it is here. */
export const account = createStore<Account | null>(null);

let underWay: Promise<void> | null = null;
let again = false;

/** Fetches the account anew, as it is after this call. Failures are left to those who need it for what they do. */
export function refreshAccount(): Promise<void> {
  again = underWay !== null; // what is under way may have been read before the news that led here
  underWay ??= fetchAccount();
  return underWay;
}

async function fetchAccount(): Promise<void> {
  do {
    again = false;
    try {
      const answer = await api.credits.getAccount({});
      if (session.get() !== null) {
        account.set(answer.account ?? null);
      }
    } catch {
      // the next one who needs it asks again
    }
  } while (again);
  underWay = null;
}

/** A balance that came with other news. */
export function noteBalance(balance: number): void {
  account.set((before) => (before === null || before.balance === balance ? before : { ...before, balance }));
}

/** Credits moved. A job moves the balance alone; with everything else the plan may have changed as well. */
export function noteCredits({ balance }: CreditsEvent, jobId: string): void {
  noteBalance(balance);
  if (jobId === "") {
    void refreshAccount();
  }
}

onSignOut(() => account.set(null));

export function useAccount(): Account | null {
  const value = useStore(account);
  useEffect(() => {
    if (account.get() === null) {
      void refreshAccount();
    }
  }, []);
  return value;
}

let engines: Promise<Engine[]> | null = null;

/** The engines there are. They change rarely: fetched once a visit. */
export function listEngines(): Promise<Engine[]> {
  engines ??= api.processing.listEngines({}).then((answer) => answer.engines);
  engines.catch(() => {
    engines = null;
  });
  return engines;
}
