import { Code, type HandlerContext } from "@connectrpc/connect";
import { failure } from "./failure";
import { newUser, type UserState } from "./state";

/** The users of a backend, by the token they carry. */
export class Users {
  private readonly byName = new Map<string, UserState>();

  tokenFor(name: string): string {
    return `token-of-${name}`;
  }

  /** Sessions by the code that hands them over. */
  private readonly codes = new Map<string, { name: string; sessionId: string }>();
  /** Who a phone uploads for, by its token. */
  private readonly phones = new Map<string, { name: string; sessionId: string }>();

  handOff(user: UserState, sessionId: string): string {
    const code = `CODE${String(this.codes.size + this.phones.size).padStart(8, "0")}`;
    this.codes.set(code, { name: user.name, sessionId });
    return code;
  }

  claim(code: string): { token: string; sessionId: string } | null {
    const handedOver = this.codes.get(code);
    if (handedOver === undefined) {
      return null;
    }
    this.codes.delete(code);
    const token = `rkh_${code}`;
    this.phones.set(token, handedOver);
    return { token, sessionId: handedOver.sessionId };
  }

  /** Ends what phones may do. */
  endHandoffs(): void {
    this.phones.clear();
  }

  private phoneOf(authorization: string | null | undefined) {
    return this.phones.get((authorization ?? "").replace(/^Bearer /, ""));
  }

  /** The session a phone uploads into; null for who is signed in. */
  sessionOf(context: HandlerContext): string | null {
    return this.phoneOf(context.requestHeader.get("authorization"))?.sessionId ?? null;
  }

  ofHeader(authorization: string | null | undefined): UserState | null {
    const name = /^Bearer token-of-(.+)$/.exec(authorization ?? "")?.[1] ?? this.phoneOf(authorization)?.name;
    if (name === undefined) {
      return null;
    }
    let user = this.byName.get(name);
    if (user === undefined) {
      user = newUser(name);
      this.byName.set(name, user);
    }
    return user;
  }

  /** Begins anew with nobody. */
  forget(): void {
    this.byName.clear();
  }

  of(context: HandlerContext): UserState {
    const user = this.ofHeader(context.requestHeader.get("authorization"));
    if (user === null) {
      throw failure(Code.Unauthenticated, "UNAUTHENTICATED", "no token, or one that does not verify");
    }
    return user;
  }
}
