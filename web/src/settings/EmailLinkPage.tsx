import { useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { paths } from "../lib/router";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button, ButtonLink } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { emailLinkOf } from "./emailLink";

/** Where links in e-mail lead. A press does it: programs that look into e-mail open links too. */
export default function EmailLinkPage() {
  const [link] = useState(() => emailLinkOf(location.hash));
  const [done, setDone] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const words = text.notices.link;
  const confirms = link?.action === "confirm";

  const run = async () => {
    if (link === null) {
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const { token } = link;
      await (confirms
        ? api.notifications.confirmEmailAddress({ token })
        : api.notifications.unsubscribeEmail({ token }));
      setDone(true);
    } catch (thrown) {
      setError(decodeError(thrown));
    }
    setBusy(false);
  };

  return (
    <main className="mx-auto grid max-w-md justify-items-center gap-4 px-6 py-24 text-center">
      {link === null ? (
        <PageTitle>{words.broken}</PageTitle>
      ) : (
        <>
          <PageTitle>{confirms ? words.confirmTitle : words.unsubscribeTitle}</PageTitle>
          <p role="status" className="text-soft">
            {done
              ? confirms
                ? words.confirmed
                : words.unsubscribed
              : confirms
                ? words.confirmBody
                : words.unsubscribeBody}
          </p>
          {!done && (
            <Button look={confirms ? "flame" : "danger"} size="large" disabled={busy} onClick={() => void run()}>
              {confirms ? words.confirm : words.unsubscribe}
            </Button>
          )}
          {error !== null && <ErrorNote error={error} />}
        </>
      )}
      <ButtonLink href={paths.home} look="quiet">
        {text.errors.home}
      </ButtonLink>
    </main>
  );
}
