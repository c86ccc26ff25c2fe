import { ExternalLink, LogOut, MonitorDown } from "lucide-react";
import { session, signOut } from "../auth/session";
import { navigate, paths } from "../lib/router";
import { useStore } from "../lib/store";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Segmented } from "../ui/Segmented";
import { installOffer, useInstallOffer } from "./install";
import { Notifications } from "./Notifications";
import { chooseTheme, type Theme, theme } from "./theme";
import { YourData } from "./YourData";

/** Appearance, account, and the way to the API. */
export default function SettingsPage() {
  const name = useStore(session)?.name ?? "";
  const wanted = useStore(theme);
  const offer = useInstallOffer();

  return (
    <div className="mx-auto grid max-w-2xl gap-6">
      <PageTitle>{text.settings.title}</PageTitle>
      <section className="sheet rounded-3xl p-5 md:p-6">
        <Segmented
          legend={text.settings.theme}
          value={wanted}
          onChange={chooseTheme}
          choices={(Object.keys(text.settings.themes) as Theme[]).map((value) => ({
            value,
            label: text.settings.themes[value],
          }))}
        />
      </section>
      <section className="sheet flex flex-wrap items-center justify-between gap-4 rounded-3xl p-5 md:p-6">
        <div className="min-w-0">
          <h2 className="font-sans text-sm text-soft">{text.settings.account}</h2>
          <p className="truncate font-display text-2xl">{name}</p>
        </div>
        <Button
          icon={<LogOut size={20} aria-hidden />}
          onClick={() => {
            signOut();
            navigate(paths.home, { replace: true });
          }}
        >
          {text.settings.signOut}
        </Button>
      </section>
      <Notifications />
      {offer !== null && (
        <section className="sheet flex flex-wrap items-center justify-between gap-4 rounded-3xl p-5 md:p-6">
          <h2 className="font-sans font-semibold">{text.settings.install}</h2>
          <Button icon={<MonitorDown size={20} aria-hidden />} onClick={() => void installOffer.get()?.prompt()}>
            {text.settings.installButton}
          </Button>
        </section>
      )}
      <YourData />
      <section className="sheet grid gap-1 rounded-3xl p-5 md:p-6">
        <h2 className="font-sans font-semibold">{text.settings.developers}</h2>
        <p className="text-soft">{text.settings.explorerHint}</p>
        <a
          href="/explorer"
          className="inline-flex min-h-11 items-center gap-2 justify-self-start font-semibold text-ember underline underline-offset-4"
        >
          {text.settings.explorer}
          <ExternalLink size={16} aria-hidden />
        </a>
      </section>
    </div>
  );
}
