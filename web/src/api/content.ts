import { freshToken, onSignOut } from "../auth/session";
import { decodeError, decodeProblem } from "./errors";

/** The bytes of one variant of a photo, or of one output of a job. */
export interface Content {
  blob: Blob;
  /** An address for images; good for as long as somebody holds the content. */
  url: string;
}

interface Entry {
  promise: Promise<Content>;
  content: Content | null;
  holders: number;
}

/** Contents that nobody holds are kept up to this many, for going back and forth. */
const IDLE_MAX = 60;
const CONTENT_MILLIS_MAX = 120_000;
const entries = new Map<string, Entry>();

function keyOf(photoId: string, variant: string): string {
  return `${photoId}/${variant}`;
}

async function fetchContent(photoId: string, variant: string): Promise<Content> {
  const token = await freshToken();
  const query = new URLSearchParams({ variant });
  let response: Response;
  try {
    response = await fetch(`/v1/photos/${photoId}/content?${query}`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(CONTENT_MILLIS_MAX),
    });
  } catch (thrown) {
    throw decodeError(thrown);
  }
  if (!response.ok) {
    throw decodeProblem(response.status, await response.text(), response.headers.get("retry-after"));
  }
  const blob = await response.blob();
  return { blob, url: URL.createObjectURL(blob) };
}

function forget(key: string, entry: Entry): void {
  entries.delete(key);
  if (entry.content !== null) {
    URL.revokeObjectURL(entry.content.url);
  }
}

function forgetIdle(): void {
  const idle = [...entries].filter(([, entry]) => entry.holders === 0);
  for (const [key, entry] of idle.slice(0, Math.max(0, idle.length - IDLE_MAX))) {
    forget(key, entry);
  }
}

/** Holds a content until the answered function is called. Everybody who asks for the same gets the same. */
export function holdContent(photoId: string, variant: string): { content: Promise<Content>; release: () => void } {
  const key = keyOf(photoId, variant);
  let entry = entries.get(key);
  if (entry === undefined) {
    const made: Entry = { promise: fetchContent(photoId, variant), content: null, holders: 0 };
    made.promise.then(
      (content) => {
        made.content = content;
        if (entries.get(key) !== made) {
          URL.revokeObjectURL(content.url);
        }
      },
      () => entries.get(key) === made && entries.delete(key),
    );
    entry = made;
  }
  // Most recently used last.
  entries.delete(key);
  entries.set(key, entry);
  entry.holders++;
  const held = entry;
  let released = false;
  return {
    content: held.promise,
    release() {
      if (!released) {
        released = true;
        held.holders--;
        forgetIdle();
      }
    },
  };
}

/** Forgets everything of one photo, or of all. */
export function forgetContent(photoId?: string): void {
  for (const [key, entry] of [...entries]) {
    if (photoId === undefined || key.startsWith(`${photoId}/`)) {
      forget(key, entry);
    }
  }
}

onSignOut(() => forgetContent());
