import { Code, type HandlerContext } from "@connectrpc/connect";
import { failure } from "./failure";
import { newUser, type UserState } from "./state";

/** The users of a backend, by the token they carry. */
export class Users {
  private readonly byName = new Map<string, UserState>();

  tokenFor(name: string): string {
    return `token-of-${name}`;
  }

  ofHeader(authorization: string | null | undefined): UserState | null {
    const name = /^Bearer token-of-(.+)$/.exec(authorization ?? "")?.[1];
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
