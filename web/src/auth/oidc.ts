import { decodeProblem } from "../api/errors";
import { tabStorage } from "../lib/storage";
import type { SignInConfig } from "./config";

/** What a sign-in gives. */
export interface Tokens {
  accessToken: string;
  /** Empty where the issuer gives none. */
  refreshToken: string;
  /** Milliseconds since 1970. */
  expireMillis: number;
  /** The id token's claims that name the person; empty where there is none. */
  displayName: string;
}

/** RFC 6749, section 5.1. */
export interface TokenResponse {
  access_token: string;
  expires_in?: number;
  refresh_token?: string;
  id_token?: string;
}

interface Discovery {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint?: string;
}

/** What must be remembered while the person is away at the issuer. */
interface Pending {
  state: string;
  nonce: string;
  verifier: string;
  returnPath: string;
}

const PENDING_KEY = "rekindle.oidc";
const SCOPE = "openid profile email offline_access";

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The S256 challenge of a verifier (RFC 7636). */
export async function challengeOf(verifier: string): Promise<string> {
  return base64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** The claims of a JWT. Only for showing: the server verifies tokens, and the id token came from the issuer by TLS. */
export function claimsOf(jwt: string): Record<string, unknown> {
  try {
    const payload = (jwt.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function tokensFrom(response: TokenResponse, now: number = Date.now()): Tokens {
  const claims = claimsOf(response.id_token ?? "");
  const name = [claims.name, claims.preferred_username, claims.email].find((claim) => typeof claim === "string");
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? "",
    expireMillis: now + (response.expires_in ?? 3600) * 1000,
    displayName: typeof name === "string" ? name : "",
  };
}

async function discover(config: SignInConfig): Promise<Discovery> {
  const response = await fetch(`${config.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!response.ok) {
    throw decodeProblem(response.status, await response.text());
  }
  return (await response.json()) as Discovery;
}

function redirectUri(): string {
  return `${location.origin}/auth/callback`;
}

async function tokenRequest(config: SignInConfig, fields: Record<string, string>): Promise<TokenResponse> {
  const { token_endpoint } = await discover(config);
  const response = await fetch(token_endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({ client_id: config.clientId, ...fields }),
  });
  if (!response.ok) {
    throw decodeProblem(response.status === 400 ? 401 : response.status, "");
  }
  return (await response.json()) as TokenResponse;
}

/** Sends the person to the issuer; they come back to /auth/callback. */
export async function beginSignIn(config: SignInConfig, returnPath: string): Promise<void> {
  const { authorization_endpoint } = await discover(config);
  const pending: Pending = { state: randomText(), nonce: randomText(), verifier: randomText(), returnPath };
  tabStorage.write(PENDING_KEY, JSON.stringify(pending));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    scope: SCOPE,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: "S256",
    ...(config.audience ? { audience: config.audience } : {}),
  });
  location.assign(`${authorization_endpoint}?${query}`);
}

/** Makes tokens of what the issuer sent back in the address. Throws where the answer is not to our question. */
export async function finishSignIn(
  config: SignInConfig,
  query: URLSearchParams,
): Promise<{ tokens: Tokens; returnPath: string }> {
  const stored = tabStorage.read(PENDING_KEY);
  tabStorage.write(PENDING_KEY, null);
  const pending = stored === null ? null : (JSON.parse(stored) as Pending);
  const code = query.get("code");
  if (pending === null || code === null || query.get("state") !== pending.state) {
    throw decodeProblem(401, "");
  }
  const response = await tokenRequest(config, {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri(),
    code_verifier: pending.verifier,
  });
  if (response.id_token !== undefined && claimsOf(response.id_token).nonce !== pending.nonce) {
    throw decodeProblem(401, "");
  }
  return { tokens: tokensFrom(response), returnPath: pending.returnPath };
}

/** New tokens for the old ones' refresh token. */
export async function renewedTokens(config: SignInConfig, old: Tokens): Promise<Tokens> {
  if (old.refreshToken === "") {
    throw decodeProblem(401, "");
  }
  const next = tokensFrom(await tokenRequest(config, { grant_type: "refresh_token", refresh_token: old.refreshToken }));
  return {
    ...next,
    refreshToken: next.refreshToken || old.refreshToken,
    displayName: next.displayName || old.displayName,
  };
}
