import { decodeProblem } from "../api/errors";

/** How people sign in at this mesh. */
export interface SignInConfig {
  /** "embedded": a name is enough, for one's own machine. "oidc": OpenID Connect. "none": not set up. */
  signIn: "embedded" | "oidc" | "none";
  issuer: string;
  clientId: string;
  /** Audience the access token must be for; some issuers want to be told. Empty: they do not. */
  audience?: string;
}

let loaded: SignInConfig | null = null;

export async function signInConfig(): Promise<SignInConfig> {
  if (loaded === null) {
    const response = await fetch("/app-config.json", { headers: { accept: "application/json" } });
    if (!response.ok) {
      throw decodeProblem(response.status, await response.text());
    }
    loaded = (await response.json()) as SignInConfig;
  }
  return loaded;
}
