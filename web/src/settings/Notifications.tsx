import { useEffect, useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { Notice, type NotificationSettings } from "../gen/rekindle/events/v1/notifications_service_pb";
import { useLoad } from "../lib/useLoad";
import { text } from "../text";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { Switch } from "../ui/Switch";
import { EmailAddressForm } from "./EmailAddressForm";
import { type PushState, pushDevice, pushState, switchOff, switchOn } from "./push";

const KINDS = [
  { notice: Notice.JOB_COMPLETED, words: text.notices.kinds.completed },
  { notice: Notice.JOB_FAILED, words: text.notices.kinds.failed },
] as const;

type Way = keyof typeof text.notices.ways;

/** Being told while Rekindle is closed: on this device, and by e-mail. */
export function Notifications() {
  const { data, error, reload } = useLoad(
    async (signal) => (await api.notifications.getNotificationSettings({}, { signal })).settings ?? null,
    [],
  );
  return (
    <section className="sheet grid gap-5 rounded-3xl p-5 md:p-6">
      <div>
        <h2 className="font-sans font-semibold">{text.notices.title}</h2>
        <p className="text-soft">{text.notices.lead}</p>
      </div>
      {error !== null && <ErrorNote error={error} onRetry={reload} />}
      {data === null ? error === null && <Loading /> : <Ways settings={data} reload={reload} />}
    </section>
  );
}

function Ways({ settings, reload }: { settings: NotificationSettings; reload: () => void }) {
  const ways: Way[] = [];
  if (settings.pushPublicKey !== "") {
    ways.push("push");
  }
  if (settings.email?.confirmTime !== undefined) {
    ways.push("email");
  }
  return (
    <>
      <PushSwitch publicKey={settings.pushPublicKey} />
      {settings.emailAvailable && <EmailAddressForm email={settings.email} onChange={reload} />}
      {ways.length > 0 && <Choices settings={settings} ways={ways} />}
    </>
  );
}

function PushSwitch({ publicKey }: { publicKey: string }) {
  const [state, setState] = useState<PushState | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const [refused, setRefused] = useState(false);

  useEffect(() => {
    void pushState(pushDevice(), publicKey).then(setState);
  }, [publicKey]);

  const change = async (on: boolean) => {
    const device = pushDevice();
    if (device === null) {
      return;
    }
    setBusy(true);
    setError(null);
    setRefused(false);
    try {
      if (on) {
        await switchOn(device, api.notifications, publicKey);
      } else {
        await switchOff(device, api.notifications);
      }
    } catch (thrown) {
      // A browser that has no push service, or a server that did not take it.
      if (thrown instanceof DOMException) {
        setRefused(true);
      } else {
        setError(decodeError(thrown));
      }
    }
    setState(await pushState(device, publicKey));
    setBusy(false);
  };

  const able = state === "on" || state === "off";
  return (
    <div className="grid gap-2">
      <Switch
        label={text.notices.push}
        {...(state === null ? {} : { hint: text.notices.pushStates[state] })}
        on={state === "on"}
        disabled={!able || busy}
        onChange={change}
      />
      {refused && (
        <p role="alert" className="text-sm text-grease">
          {text.notices.refused}
        </p>
      )}
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
}

function Choices({ settings, ways }: { settings: NotificationSettings; ways: readonly Way[] }) {
  const [wanted, setWanted] = useState<Record<Way, readonly Notice[]>>({
    push: settings.preferences?.push ?? [],
    email: settings.preferences?.email ?? [],
  });
  const [error, setError] = useState<AppError | null>(null);

  const choose = async (way: Way, notice: Notice, on: boolean) => {
    const before = wanted;
    const next = {
      ...before,
      [way]: KINDS.map((kind) => kind.notice).filter((one) => (one === notice ? on : before[way].includes(one))),
    };
    setWanted(next);
    setError(null);
    try {
      await api.notifications.updateNotificationPreferences({
        preferences: { push: [...next.push], email: [...next.email] },
      });
    } catch (thrown) {
      setWanted(before);
      setError(decodeError(thrown));
    }
  };

  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-semibold">{text.notices.tellOf}</legend>
      {KINDS.map(({ notice, words }) => (
        <div key={notice} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
          <span>{words}</span>
          <span className="flex gap-5">
            {ways.map((way) => (
              <label key={way} className="flex min-h-11 items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  className="size-5 accent-ember"
                  aria-label={text.notices.kindBy(words, text.notices.ways[way])}
                  checked={wanted[way].includes(notice)}
                  onChange={(event) => void choose(way, notice, event.target.checked)}
                />
                {text.notices.ways[way]}
              </label>
            ))}
          </span>
        </div>
      ))}
      {error !== null && <ErrorNote error={error} />}
    </fieldset>
  );
}
