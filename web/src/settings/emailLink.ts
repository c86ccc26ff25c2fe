/** What a link out of an e-mail asks for. */
export interface EmailLink {
  action: "confirm" | "unsubscribe";
  token: string;
}

/** Reads what stands behind the #, which no server and no log is shown; null if the link is not whole. */
export function emailLinkOf(hash: string): EmailLink | null {
  const [, action, token] = /^#(confirm|unsubscribe)=([A-Za-z0-9_-]{43})$/.exec(hash) ?? [];
  return token === undefined ? null : { action: action === "confirm" ? "confirm" : "unsubscribe", token };
}
