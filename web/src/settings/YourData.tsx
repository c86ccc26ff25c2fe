import { Archive, Download, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { signOut } from "../auth/session";
import { AccountDataState } from "../gen/rekindle/credits/v1/account_data_service_pb";
import { newId } from "../lib/ids";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/ErrorNote";

/** What the contract wants to read before it erases; no matter of language. */
const CONFIRMATION = "erase everything";
const ASK_MILLIS = 4_000;

/** Taking everything along, and having everything erased. */
export function YourData() {
  return (
    <section className="sheet grid gap-4 rounded-3xl p-5 md:p-6">
      <div>
        <h2 className="font-sans font-semibold">{text.settings.data}</h2>
        <p className="text-soft">{text.settings.dataLead}</p>
      </div>
      <Export />
      <Erase />
    </section>
  );
}

function Export() {
  const [running, setRunning] = useState(false);
  const [url, setUrl] = useState("");
  const [error, setError] = useState<AppError | null>(null);

  useEffect(() => {
    if (!running) {
      return;
    }
    const controller = new AbortController();
    // A press is a new archive; the calls that follow ask about the same.
    const requestId = newId();
    let timer: ReturnType<typeof setTimeout>;
    // Each call tells how far it is.
    const ask = async () => {
      try {
        const answer = await api.accountData.exportAccount({ requestId }, { signal: controller.signal });
        if (answer.state === AccountDataState.DONE) {
          setUrl(answer.url);
          setRunning(false);
        } else {
          timer = setTimeout(ask, ASK_MILLIS);
        }
      } catch (thrown) {
        if (!controller.signal.aborted) {
          setError(decodeError(thrown));
          setRunning(false);
        }
      }
    };
    void ask();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [running]);

  if (url !== "") {
    return (
      <a
        href={url}
        download
        className="inline-flex min-h-12 items-center gap-2 font-semibold text-ember underline underline-offset-4"
      >
        <Download size={20} aria-hidden />
        {text.settings.exported}
      </a>
    );
  }
  return (
    <>
      <Button
        className="justify-self-start"
        disabled={running}
        icon={<Archive size={20} aria-hidden />}
        onClick={() => {
          setError(null);
          setRunning(true);
        }}
      >
        {text.settings.exportData}
      </Button>
      {running && <p role="status">{text.settings.exporting}</p>}
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}

function Erase() {
  const [asking, setAsking] = useState(false);
  const [erasing, setErasing] = useState(false);
  const [words, setWords] = useState("");
  const [error, setError] = useState<AppError | null>(null);

  const erase = async () => {
    setErasing(true);
    setError(null);
    try {
      await api.accountData.eraseAccount({ confirmation: CONFIRMATION });
      signOut();
    } catch (thrown) {
      setError(decodeError(thrown));
      setErasing(false);
    }
  };

  return (
    <>
      <Button
        look="quiet"
        className="justify-self-start text-grease!"
        icon={<Trash2 size={20} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {text.settings.erase}
      </Button>
      <Dialog open={asking} title={text.settings.eraseTitle} onClose={() => setAsking(false)}>
        <p>{text.settings.eraseBody}</p>
        <label className="grid gap-1.5">
          <span className="text-sm font-semibold">{text.settings.eraseLabel(CONFIRMATION)}</span>
          <input
            value={words}
            autoComplete="off"
            autoCapitalize="off"
            onChange={(event) => setWords(event.target.value)}
            className="min-h-12 rounded-xl bg-board px-4 ring-1 ring-edge"
          />
        </label>
        {error !== null && <ErrorNote error={error} />}
        <div className="grid gap-2 sm:grid-cols-2">
          <Button onClick={() => setAsking(false)}>{text.app.cancel}</Button>
          <Button look="danger" disabled={erasing || words.trim().toLowerCase() !== CONFIRMATION} onClick={erase}>
            {erasing ? text.settings.erasing : text.settings.erase}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
