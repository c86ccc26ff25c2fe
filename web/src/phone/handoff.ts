import { photosOfPhone } from "../api/clients";
import { tabStorage } from "../lib/storage";

/** Leave to upload, for this tab. */
export interface Leave {
  code: string;
  token: string;
  expireMillis: number;
  uploadsMax: number;
}

const KEY = "rekindle.handoff";

/** The code behind the #, which no server and no log is shown; null if there is none. */
export function codeOf(hash: string): string | null {
  return /^#([A-Z0-9]{6,12})$/.exec(hash)?.[1] ?? null;
}

function kept(code: string): Leave | null {
  try {
    const leave = JSON.parse(tabStorage.read(KEY) ?? "null") as Leave | null;
    return leave?.code === code ? leave : null;
  } catch {
    return null;
  }
}

const claims = new Map<string, Promise<Leave>>();

async function redeem(code: string): Promise<Leave> {
  const { token, expireTime, uploadsMax } = await photosOfPhone(null).claimHandoff({ code });
  const leave = { code, token, expireMillis: Number(expireTime?.seconds ?? 0n) * 1000, uploadsMax };
  tabStorage.write(KEY, JSON.stringify(leave));
  return leave;
}

/** Redeems a code, once: whoever asks again, also after a reload, has the same answer. */
export function claim(code: string): Promise<Leave> {
  const known = kept(code);
  if (known !== null) {
    return Promise.resolve(known);
  }
  let running = claims.get(code);
  if (running === undefined) {
    running = redeem(code);
    claims.set(code, running);
    // A code that could not be redeemed for lack of a connection may be tried again.
    running.catch(() => claims.delete(code));
  }
  return running;
}
