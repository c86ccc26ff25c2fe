import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react";

/** Every page of the app, by the shape of its address. */
export type Route =
  | { page: "home" }
  | { page: "add" }
  | { page: "upload"; uploadId: string }
  | { page: "photo"; photoId: string; fromJobId: string | null }
  | { page: "job"; jobId: string }
  | { page: "history" }
  | { page: "credits" }
  | { page: "settings" }
  | { page: "email" }
  | { page: "phone" }
  | { page: "callback" }
  | { page: "nowhere" };

export const paths = {
  home: "/",
  add: "/add",
  upload: (id: string) => `/uploads/${id}`,
  photo: (id: string, fromJobId?: string) => `/photos/${id}${fromJobId === undefined ? "" : `?like=${fromJobId}`}`,
  job: (id: string) => `/jobs/${id}`,
  history: "/history",
  credits: "/credits",
  settings: "/settings",
  email: "/email",
  phone: "/phone",
  callback: "/auth/callback",
};

const SIMPLE: Record<string, Route> = {
  "/": { page: "home" },
  "/add": { page: "add" },
  "/history": { page: "history" },
  "/credits": { page: "credits" },
  "/settings": { page: "settings" },
  "/email": { page: "email" },
  "/phone": { page: "phone" },
  "/auth/callback": { page: "callback" },
};

export function routeOf(path: string, search: string): Route {
  const simple = SIMPLE[path.length > 1 ? path.replace(/\/$/, "") : path];
  if (simple !== undefined) {
    return simple;
  }
  const [, folder, id = "", more] = path.split("/");
  if (!/^[\w.-]+$/.test(id) || (more ?? "") !== "") {
    return { page: "nowhere" };
  }
  switch (folder) {
    case "photos":
      return { page: "photo", photoId: id, fromJobId: new URLSearchParams(search).get("like") };
    case "jobs":
      return { page: "job", jobId: id };
    case "uploads":
      return { page: "upload", uploadId: id };
    default:
      return { page: "nowhere" };
  }
}

const NAVIGATED = "rekindle:navigated";

/** Goes to another page; `replace` leaves no way back to this one. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) {
    history.replaceState(null, "", to);
  } else {
    history.pushState(null, "", to);
  }
  window.dispatchEvent(new Event(NAVIGATED));
  window.scrollTo(0, 0);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(NAVIGATED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(NAVIGATED, listener);
  };
}

let last: { address: string; route: Route } | null = null;

function current(): Route {
  const address = location.pathname + location.search;
  if (last?.address !== address) {
    last = { address, route: routeOf(location.pathname, location.search) };
  }
  return last.route;
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
}

/** A link inside the app. Opens in place, unless the person asks for a new tab or window. */
export function Link({ href, onClick, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    ) {
      return;
    }
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
