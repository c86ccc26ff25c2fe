import { Coins, History, Images, type LucideIcon, Settings, WifiOff } from "lucide-react";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { noteCredits, refreshAccount, useAccount } from "../api/account";
import { useEventStream, useLiveEvents } from "../api/liveEvents";
import { Link, paths, type Route, useRoute } from "../lib/router";
import { keepPush } from "../settings/push";
import { text } from "../text";
import { Announcer } from "../ui/announce";
import { restorePending } from "../uploads/uploads";
import { Logo } from "./Logo";
import { UpdateNote } from "./UpdateNote";

const ITEMS: readonly { href: string; label: string; icon: LucideIcon; pages: readonly Route["page"][] }[] = [
  { href: paths.home, label: text.nav.home, icon: Images, pages: ["home", "add", "upload", "photo", "job"] },
  { href: paths.history, label: text.nav.history, icon: History, pages: ["history"] },
  { href: paths.credits, label: text.nav.credits, icon: Coins, pages: ["credits"] },
  { href: paths.settings, label: text.nav.settings, icon: Settings, pages: ["settings"] },
];

function subscribeToNetwork(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

function useOnline(): boolean {
  return useSyncExternalStore(subscribeToNetwork, () => navigator.onLine);
}

function OfflineBanner() {
  return useOnline() ? null : (
    <div
      role="status"
      className="flex items-center justify-center gap-2 bg-flame-wash px-4 py-2 text-sm font-semibold text-ink"
    >
      <WifiOff size={18} className="shrink-0" aria-hidden />
      {text.app.offline}
    </div>
  );
}

function BalanceBadge() {
  const account = useAccount();
  if (account === null) {
    return null;
  }
  return (
    <Link
      href={paths.credits}
      aria-label={text.credits.badge(account.balance)}
      className="inline-flex min-h-11 items-center gap-2 rounded-full bg-paper px-4 font-semibold ring-1 ring-line transition hover:bg-well"
    >
      <Coins size={18} className="text-ember" aria-hidden />
      <span className="tabular-nums">{account.balance}</span>
    </Link>
  );
}

/** Pages that ask for one decision keep the way around out of a phone's small screen. */
const FOCUSED: readonly Route["page"][] = ["add"];

function Tabs() {
  const { page } = useRoute();
  return (
    <nav
      aria-label={text.nav.label}
      className={`fixed inset-x-0 bottom-0 z-30 border-t border-line bg-paper/95 pb-[env(safe-area-inset-bottom)] backdrop-blur md:static md:border-0 md:bg-transparent md:pb-0 md:backdrop-blur-none ${FOCUSED.includes(page) ? "max-md:hidden" : ""}`}
    >
      <ul className="mx-auto grid max-w-md grid-cols-4 md:flex md:max-w-none md:gap-1">
        {ITEMS.map(({ href, label, icon: Icon, pages }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={pages.includes(page) ? "page" : undefined}
              className="group flex min-h-16 flex-col items-center justify-center gap-0.5 text-xs font-semibold text-soft aria-[current]:text-ink md:min-h-11 md:flex-row md:gap-2 md:rounded-full md:px-4 md:text-base md:hover:bg-well md:aria-[current]:bg-well"
            >
              <span className="grid h-7 w-13 place-items-center rounded-full transition group-aria-[current]:bg-flame group-aria-[current]:text-on-flame md:hidden">
                <Icon size={20} aria-hidden />
              </span>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Keeps the account right wherever credits move. */
function useLiveAccount(): void {
  useLiveEvents((event) => {
    if (event === null) {
      void refreshAccount();
    } else if (event.payload.case === "credits") {
      noteCredits(event.payload.value, event.jobId);
    }
  });
}

/** A new page is read from its top. */
function useFocusOnNavigation(main: { current: HTMLElement | null }): void {
  const route = useRoute();
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for every change of page
  useEffect(() => {
    if (first.current) {
      first.current = false;
    } else {
      main.current?.focus({ preventScroll: true });
    }
  }, [route.page, main]);
}

/** What is around every page of somebody who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  useEventStream();
  useLiveAccount();
  useEffect(() => void restorePending(), []);
  useEffect(() => void keepPush(), []);
  useFocusOnNavigation(main);
  return (
    <>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-lg focus:bg-paper focus:p-3"
      >
        {text.app.skip}
      </a>
      <OfflineBanner />
      <UpdateNote />
      <header className="mx-auto flex max-w-6xl items-center gap-6 px-4 pt-[max(0.75rem,env(safe-area-inset-top))] pb-2 md:px-8 md:pt-5">
        <Link href={paths.home} className="mr-auto rounded-lg py-1.5">
          <Logo />
        </Link>
        <Tabs />
        <BalanceBadge />
      </header>
      <main id="main" ref={main} tabIndex={-1} className="mx-auto max-w-6xl px-4 pt-3 pb-32 md:px-8 md:pt-6 md:pb-20">
        {children}
      </main>
      <Announcer />
    </>
  );
}

/** The title of a page, in the page and in the tab. */
export function PageTitle({ children, quiet = false }: { children: string; quiet?: boolean }) {
  useEffect(() => {
    document.title = `${children} · ${text.app.name}`;
  }, [children]);
  return <h1 className={quiet ? "sr-only" : "text-3xl md:text-4xl"}>{children}</h1>;
}
