import { useEffect, useRef, useState } from "react";
import { navigate, paths } from "../lib/router";
import { text } from "../text";
import { ButtonLink } from "../ui/Button";
import { Loading } from "../ui/Loading";
import { signInConfig } from "./config";
import { finishSignIn } from "./oidc";
import { signIn } from "./session";

/** Only paths of our own may be gone to after a sign-in. */
function ownPath(path: string): string {
  return /^\/(?!\/)/.test(path) && !path.startsWith(paths.callback) ? path : paths.home;
}

/** Where the issuer sends people back to. */
export function CallbackPage() {
  const [failed, setFailed] = useState(false);
  const begun = useRef(false);

  useEffect(() => {
    // An authorization code is good for one exchange only.
    if (begun.current) {
      return;
    }
    begun.current = true;
    (async () => {
      const config = await signInConfig();
      const { tokens, returnPath } = await finishSignIn(config, new URLSearchParams(location.search));
      navigate(ownPath(returnPath), { replace: true });
      signIn({ name: tokens.displayName, tokens, config });
    })().catch(() => setFailed(true));
  }, []);

  return (
    <main className="mx-auto grid max-w-md justify-items-center gap-4 px-6 py-24 text-center">
      {failed ? (
        <>
          <h1 className="text-2xl">{text.welcome.callbackFailed}</h1>
          <ButtonLink look="flame" href={paths.home}>
            {text.welcome.again}
          </ButtonLink>
        </>
      ) : (
        <>
          <h1 className="sr-only">{text.welcome.callback}</h1>
          <Loading />
        </>
      )}
    </main>
  );
}
