import { deviceStorage } from "../lib/storage";
import { createStore } from "../lib/store";
import type { SignInConfig } from "./config";
import { embeddedToken, userNameOf } from "./embedded";
import { renewedTokens, type Tokens } from "./oidc";

/** Who is signed in on this device, and how they can stay so. */
export interface Session {
  /** What to call them. */
  name: string;
  tokens: Tokens;
  config: SignInConfig;
}

const KEY = "rekindle.signedIn";
/** Tokens are renewed so long before they end. */
const RENEW_MILLIS_BEFORE = 30_000;

function restored(): Session | null {
  try {
    const parsed = JSON.parse(deviceStorage.read(KEY) ?? "null") as Session | null;
    return typeof parsed?.tokens?.accessToken === "string" ? parsed : null;
  } catch {
    return null;
  }
}

/** Null when nobody is signed in. */
export const session = createStore<Session | null>(restored());

/** True after a sign-in ended by itself, until the next one. */
export const expired = createStore(false);

/** Called when somebody signs out, to forget what was theirs. */
const farewells = new Set<() => void>();

export function onSignOut(forget: () => void): void {
  farewells.add(forget);
}

export function signIn(next: Session): void {
  deviceStorage.write(KEY, JSON.stringify(next));
  expired.set(false);
  const first = session.get() === null;
  session.set(next);
  if (first) {
    globalThis.scrollTo?.(0, 0);
  }
}

export function signOut(): void {
  deviceStorage.write(KEY, null);
  session.set(null);
  for (const forget of farewells) {
    forget();
  }
}

// Another tab signed out, or renewed the tokens.
globalThis.addEventListener?.("storage", (event) => {
  if ((event as StorageEvent).key === KEY) {
    const now = restored();
    if (now === null) {
      signOut();
    } else {
      session.set(now);
    }
  }
});

let renewal: Promise<string | null> | null = null;

function renew(current: Session): Promise<string | null> {
  renewal ??= (
    current.config.signIn === "embedded"
      ? embeddedToken(userNameOf(current.name))
      : renewedTokens(current.config, current.tokens)
  )
    .then((tokens) => {
      // Signed out meanwhile: the new token is nobody's.
      if (session.get() === null) {
        return null;
      }
      signIn({ ...current, tokens });
      return tokens.accessToken;
    })
    .finally(() => {
      renewal = null;
    });
  return renewal;
}

/** A token that is good for a while, or null when nobody is signed in. */
export async function freshToken(): Promise<string | null> {
  const current = session.get();
  if (current === null) {
    return null;
  }
  if (Date.now() < current.tokens.expireMillis - RENEW_MILLIS_BEFORE) {
    return current.tokens.accessToken;
  }
  try {
    return await renew(current);
  } catch {
    // The old token decides: it may still be good, and else the server refuses it.
    return current.tokens.accessToken;
  }
}

/** The server no longer takes this token: the person must sign in again. */
export function tokenRefused(token: string): void {
  if (session.get()?.tokens.accessToken === token) {
    expired.set(true);
    signOut();
  }
}
