import { decodeProblem } from "../api/errors";
import { hexOf } from "../lib/ids";
import { type TokenResponse, type Tokens, tokensFrom } from "./oidc";

/** A token for a name, from the gateway's own issuer. There on development machines only. */
export async function embeddedToken(user: string): Promise<Tokens> {
  const response = await fetch("/dev/oidc/token", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ user }),
  });
  if (!response.ok) {
    throw decodeProblem(response.status, await response.text());
  }
  return tokensFrom((await response.json()) as TokenResponse);
}

/** The user name that a person's own name makes: what ids may hold, in lower case. Empty for a blank name. */
export function userNameOf(name: string): string {
  const latin = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  // Names in other scripts keep apart by their letters' numbers.
  const other = latin === "" && name.trim() !== "" ? `user-${hexOf(new TextEncoder().encode(name.trim()))}` : latin;
  return other.slice(0, 60);
}
