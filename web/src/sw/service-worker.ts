/// <reference lib="webworker" />

/**
 * The offline shell. The build writes in which files it is made of; they are fetched once and served from the cache.
 * Pages come from the network while there is one, so that a new version shows at the next visit. Calls, photos and
 * uploads are never touched.
 */
declare const __SHELL__: { version: string; files: string[]; words: Record<"completed" | "failed" | "other", Words> };

/** What a notification shows. */
interface Words {
  title: string;
  body: string;
}

const worker = self as unknown as ServiceWorkerGlobalScope;
const { version, files, words } = __SHELL__;
const CACHE = `rekindle-shell-${version}`;
const PAGE_MILLIS_MAX = 4_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: "reload" })))),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("rekindle-shell-") && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data === "activate") {
    void worker.skipWaiting();
  }
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    if (isPage(url.pathname)) {
      event.respondWith(page(request));
    }
    return;
  }
  if (url.pathname.startsWith("/assets/") || files.includes(url.pathname)) {
    event.respondWith(cached(request));
  }
});

/** Addresses of the gateway that are pages of their own. */
function isPage(path: string): boolean {
  return !/^\/(v1|dev|explorer|openapi\.json|health|metrics)(\/|$)/.test(path);
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PAGE_MILLIS_MAX) });
  } catch {
    return (await caches.match("/index.html", { cacheName: CACHE })) ?? Response.error();
  }
}

async function cached(request: Request): Promise<Response> {
  const known = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  if (known !== undefined) {
    return known;
  }
  const fresh = await fetch(request);
  if (fresh.ok && new URL(request.url).pathname.startsWith("/assets/")) {
    await (await caches.open(CACHE)).put(request, fresh.clone());
  }
  return fresh;
}

/** A push always shows something: browsers withdraw the permission of those who stay silent. */
worker.addEventListener("push", (event) => {
  const told = toldBy(event.data);
  event.waitUntil(
    worker.registration.showNotification(told.words.title, {
      body: told.words.body,
      icon: "/icon-192.png",
      // One a job: what comes again, or later, takes the place of the one before.
      ...(told.jobId === "" ? {} : { tag: told.jobId }),
      data: { path: told.jobId === "" ? "/" : `/jobs/${told.jobId}` },
    }),
  );
});

function toldBy(data: PushMessageData | null): { words: Words; jobId: string } {
  let message: { type?: unknown; jobId?: unknown } = {};
  try {
    message = (data?.json() ?? {}) as typeof message;
  } catch {
    // Not by this version of the server.
  }
  const jobId = typeof message.jobId === "string" && /^[\w.-]+$/.test(message.jobId) ? message.jobId : "";
  const kind = message.type === "job.completed" ? "completed" : message.type === "job.failed" ? "failed" : "other";
  return { words: words[kind], jobId };
}

/** A press on "your photo is ready" opens the job. */
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = String((event.notification.data as { path?: unknown } | null)?.path ?? "/");
  event.waitUntil(
    (async () => {
      const windows = await worker.clients.matchAll({ type: "window" });
      const open = windows.find((client) => new URL(client.url).pathname === path);
      await (open === undefined ? worker.clients.openWindow(path) : open.focus());
    })(),
  );
});
