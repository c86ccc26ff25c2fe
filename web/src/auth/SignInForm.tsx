import { type FormEvent, useEffect, useState } from "react";
import { type AppError, decodeError } from "../api/errors";
import { useStore } from "../lib/store";
import { useLoad } from "../lib/useLoad";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { type SignInConfig, signInConfig } from "./config";
import { embeddedToken, userNameOf } from "./embedded";
import { beginSignIn } from "./oidc";
import { expired, signIn } from "./session";

/** The way in that this mesh has: a name, or the issuer's own page. */
export function SignInForm() {
  const config = useLoad(() => signInConfig(), []);
  const ended = useStore(expired);
  return (
    <section aria-label={text.welcome.signIn} className="sheet grid max-w-xl gap-4 rounded-3xl p-5 md:p-6">
      {ended && (
        <p role="status" className="rounded-xl bg-flame-wash px-4 py-3">
          {text.welcome.expired}
        </p>
      )}
      {config.error !== null && <ErrorNote error={config.error} onRetry={config.reload} />}
      {config.data === null && config.error === null && <div className="h-32" />}
      {config.data?.signIn === "embedded" && <NameForm config={config.data} />}
      {config.data?.signIn === "none" && <p className="text-lg">{text.welcome.none}</p>}
      {config.data?.signIn === "oidc" && <IssuerButton config={config.data} />}
      <p className="text-sm text-soft">{text.welcome.freeNote}</p>
    </section>
  );
}

function NameForm({ config }: { config: SignInConfig }) {
  const [name, setName] = useState("");
  const [working, setWorking] = useState(false);
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = name.trim();
    setMissing(trimmed === "");
    if (trimmed === "" || working) {
      return;
    }
    setWorking(true);
    setError(null);
    try {
      signIn({ name: trimmed, tokens: await embeddedToken(userNameOf(trimmed)), config });
    } catch (thrown) {
      setError(decodeError(thrown));
      setWorking(false);
    }
  };

  return (
    <form onSubmit={submit} noValidate className="grid gap-3">
      <label htmlFor="name" className="font-display text-xl">
        {text.welcome.nameLabel}
      </label>
      <div className="flex flex-col gap-3 sm:flex-row">
        <input
          id="name"
          name="name"
          autoComplete="given-name"
          maxLength={60}
          value={name}
          placeholder={text.welcome.namePlaceholder}
          aria-describedby="name-hint"
          aria-invalid={missing}
          onChange={(event) => setName(event.target.value)}
          className="min-h-13 w-full rounded-xl bg-board px-4 text-lg text-ink ring-1 ring-edge placeholder:text-soft/70"
        />
        <Button type="submit" look="flame" size="large" className="min-h-13 shrink-0" disabled={working}>
          {working ? text.welcome.working : text.welcome.begin}
        </Button>
      </div>
      {missing && (
        <p role="alert" className="font-semibold text-grease">
          {text.welcome.nameMissing}
        </p>
      )}
      <p id="name-hint" className="text-sm text-soft">
        {text.welcome.nameHint}
      </p>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
}

function IssuerButton({ config }: { config: SignInConfig }) {
  const [working, setWorking] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  useEffect(() => {
    // The way back from the issuer by the back button.
    const back = () => setWorking(false);
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);

  const begin = () => {
    setWorking(true);
    setError(null);
    beginSignIn(config, location.pathname + location.search).catch((thrown) => {
      setError(decodeError(thrown));
      setWorking(false);
    });
  };

  return (
    <div className="grid gap-3">
      <Button look="flame" size="large" disabled={working} onClick={begin}>
        {text.welcome.signIn}
      </Button>
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
}
