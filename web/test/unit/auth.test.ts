import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userNameOf } from "../../src/auth/embedded";
import { beginSignIn, challengeOf, claimsOf, finishSignIn, renewedTokens, tokensFrom } from "../../src/auth/oidc";

const CONFIG = { signIn: "oidc", issuer: "https://issuer.example/", clientId: "web" } as const;

function jwt(claims: object): string {
  return `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
}

function memoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as unknown as Storage;
}

describe("signing in at an issuer (API-04)", () => {
  const assign = vi.fn();
  let answer: object = {};
  let posted: URLSearchParams[] = [];

  beforeEach(() => {
    assign.mockReset();
    posted = [];
    vi.stubGlobal("sessionStorage", memoryStorage());
    vi.stubGlobal("location", { origin: "https://app.example", assign });
    vi.stubGlobal(
      "fetch",
      vi.fn(async (url: string, init?: { body: URLSearchParams }) => {
        if (url === "https://issuer.example/.well-known/openid-configuration") {
          return Response.json({
            authorization_endpoint: "https://issuer.example/auth",
            token_endpoint: "https://issuer.example/token",
          });
        }
        posted.push(init?.body ?? new URLSearchParams());
        return Response.json(answer);
      }),
    );
  });

  afterEach(() => vi.unstubAllGlobals());

  async function begun(): Promise<URLSearchParams> {
    await beginSignIn(CONFIG, "/credits");
    return new URL(assign.mock.calls[0]?.[0]).searchParams;
  }

  it("makes the challenge that RFC 7636 shows", async () => {
    expect(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
  });

  it("sends the person with code, PKCE, state and nonce, and makes tokens of the way back", async () => {
    const query = await begun();
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: "code",
      client_id: "web",
      redirect_uri: "https://app.example/auth/callback",
      code_challenge_method: "S256",
    });
    answer = {
      access_token: "a",
      refresh_token: "r",
      expires_in: 60,
      id_token: jwt({ nonce: query.get("nonce"), name: "Ada Łovelace" }),
    };
    const { tokens, returnPath } = await finishSignIn(
      CONFIG,
      new URLSearchParams({ code: "c", state: query.get("state") ?? "" }),
    );
    expect(tokens).toMatchObject({ accessToken: "a", refreshToken: "r", displayName: "Ada Łovelace" });
    expect(returnPath).toBe("/credits");
    const verifier = posted[0]?.get("code_verifier") ?? "";
    expect(await challengeOf(verifier)).toBe(query.get("code_challenge"));
  });

  it("takes no answer to a question it did not ask", async () => {
    const query = await begun();
    await expect(finishSignIn(CONFIG, new URLSearchParams({ code: "c", state: "forged" }))).rejects.toMatchObject({
      reason: "UNAUTHENTICATED",
    });
    // And none a second time.
    await expect(
      finishSignIn(CONFIG, new URLSearchParams({ code: "c", state: query.get("state") ?? "" })),
    ).rejects.toThrow();
    expect(posted).toHaveLength(0);
  });

  it("takes no id token of another sign-in", async () => {
    const query = await begun();
    answer = { access_token: "a", id_token: jwt({ nonce: "another" }) };
    await expect(
      finishSignIn(CONFIG, new URLSearchParams({ code: "c", state: query.get("state") ?? "" })),
    ).rejects.toThrow();
  });

  it("renews tokens, and keeps a refresh token that is not replaced", async () => {
    answer = { access_token: "b", expires_in: 60 };
    const old = { accessToken: "a", refreshToken: "r", expireMillis: 0, displayName: "Ada" };
    expect(await renewedTokens(CONFIG, old)).toMatchObject({ accessToken: "b", refreshToken: "r", displayName: "Ada" });
    await expect(renewedTokens(CONFIG, { ...old, refreshToken: "" })).rejects.toThrow();
  });

  it("reads claims, and none from what is no token", () => {
    expect(claimsOf(jwt({ name: "Ada" }))).toEqual({ name: "Ada" });
    expect(claimsOf("opaque")).toEqual({});
    expect(tokensFrom({ access_token: "a", expires_in: 10 }, 1000).expireMillis).toBe(11_000);
  });
});

describe("names for embedded sign-in", () => {
  it.each([
    ["Ada", "ada"],
    ["  Zoë van Dijk ", "zoe-van-dijk"],
    ["!!!", "user-212121"],
    ["Мария", "user-d09cd0b0d180d0b8d18f"],
    ["  ", ""],
  ])("of %j is %j", (name, user) => {
    expect(userNameOf(name)).toBe(user);
  });
});
