import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { uploadPhoto } from "../api/upload";
import { uploadServer } from "../api/uploadServer";
import { onSignOut, session } from "../auth/session";
import type { Corners } from "../crop/geometry";
import { newId } from "../lib/ids";
import { createStore } from "../lib/store";
import { text } from "../text";
import { announce } from "../ui/announce";
import { pending } from "./pending";

export type UploadPhase =
  /** The person is still cropping. */
  | "choosing"
  | "waiting"
  /** Waits for a connection. */
  | "offline"
  | "sending"
  | "checking"
  | "paused"
  | "failed"
  | "done";

/** A photo on its way from this device. */
export interface LocalUpload {
  id: string;
  name: string;
  content: Blob;
  /** Shows the picture, where the browser can. */
  previewUrl: string;
  corners: Corners | null;
  phase: UploadPhase;
  sentBytes: number;
  uploadId: string | null;
  photoId: string | null;
  error: AppError | null;
}

const AT_ONCE_MAX = 2;
const OFFLINE_MILLIS_MAX = 30_000;

/** All photos on their way, oldest first. */
export const uploads = createStore<readonly LocalUpload[]>([]);
const running = new Map<string, AbortController>();

function change(id: string, change: Partial<LocalUpload>): void {
  uploads.set((all) => all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
}

export function uploadOf(id: string): LocalUpload | undefined {
  return uploads.get().find((upload) => upload.id === id);
}

function keep(upload: LocalUpload): void {
  const { id, name, content, corners, uploadId, phase } = upload;
  void pending.keep({
    id,
    owner: session.get()?.name ?? "",
    name,
    content,
    corners,
    uploadId,
    paused: phase === "paused",
  });
}

/** Takes pictures in; they are sent once cropped. */
export function addPictures(files: readonly File[]): void {
  const added = files.map(
    (file): LocalUpload => ({
      id: newId(),
      name: file.name,
      content: file,
      previewUrl: URL.createObjectURL(file),
      corners: null,
      phase: "choosing",
      sentBytes: 0,
      uploadId: null,
      photoId: null,
      error: null,
    }),
  );
  uploads.set((all) => [...all, ...added]);
}

/** Lets a picture go: with these corners, or null for the server to find them. */
export function send(id: string, corners: Corners | null): void {
  change(id, { corners, phase: "waiting" });
  const upload = uploadOf(id);
  if (upload !== undefined) {
    keep(upload);
  }
  pump();
}

export function pause(id: string): void {
  change(id, { phase: "paused" });
  running.get(id)?.abort();
  const upload = uploadOf(id);
  if (upload !== undefined) {
    keep(upload);
  }
}

/** Goes on with an upload that was paused or has failed. */
export function resume(id: string): void {
  change(id, { phase: "waiting", error: null });
  pump();
}

/** Gives an upload up, here and at the server. */
export function remove(id: string): void {
  const upload = uploadOf(id);
  running.get(id)?.abort();
  uploads.set((all) => all.filter((other) => other.id !== id));
  void pending.forget(id);
  if (upload !== undefined) {
    URL.revokeObjectURL(upload.previewUrl);
    if (upload.uploadId !== null && upload.photoId === null) {
      // What is left behind expires by itself if this does not arrive.
      api.photos.abortUpload({ uploadId: upload.uploadId }).catch(() => undefined);
    }
  }
}

/** Starts as many waiting uploads as may run at once. */
function pump(): void {
  for (const upload of uploads.get()) {
    if (running.size >= AT_ONCE_MAX) {
      return;
    }
    if ((upload.phase === "waiting" || upload.phase === "offline") && !running.has(upload.id)) {
      void run(upload);
    }
  }
}

async function run(upload: LocalUpload): Promise<void> {
  const { id, name, content, corners, uploadId } = upload;
  const controller = new AbortController();
  running.set(id, controller);
  change(id, { phase: "sending", error: null });
  try {
    const photoId = await uploadPhoto(
      uploadServer,
      { requestId: id, filename: name, content, corners },
      {
        signal: controller.signal,
        uploadId,
        onProgress(progress) {
          if (controller.signal.aborted) {
            return;
          }
          const before = uploadOf(id);
          change(id, {
            sentBytes: progress.sentBytes,
            uploadId: progress.uploadId,
            phase: progress.checking ? "checking" : "sending",
          });
          const after = uploadOf(id);
          if (after !== undefined && before?.uploadId !== progress.uploadId) {
            keep(after);
          }
        },
      },
    );
    change(id, { phase: "done", photoId });
    announce(`${text.uploads.done}: ${name}`);
    await pending.forget(id);
  } catch (thrown) {
    if (!controller.signal.aborted) {
      fail(id, decodeError(thrown));
    }
  } finally {
    running.delete(id);
    // An upload paused and resumed in one breath waits for its first run to end.
    pump();
  }
}

function fail(id: string, error: AppError): void {
  if (error.reason === "OFFLINE") {
    change(id, { phase: "offline" });
    const again = () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
      if (uploadOf(id)?.phase === "offline") {
        change(id, { phase: "waiting" });
        pump();
      }
    };
    const timer = setTimeout(again, OFFLINE_MILLIS_MAX);
    window.addEventListener("online", again);
    return;
  }
  change(id, { phase: "failed", error });
  if (!error.retryable) {
    // Sending the same again at the next visit would fail the same way.
    void pending.forget(id);
  }
}

let restoredFor: string | null = null;

/** What a visit before has left unsent is back. */
export const restored = createStore(false);

/** Takes up what a visit before has left unsent. */
export async function restorePending(): Promise<void> {
  const owner = session.get()?.name;
  if (owner === undefined || owner === restoredFor) {
    return;
  }
  restoredFor = owner;
  const kept = await pending.of(owner);
  const known = new Set(uploads.get().map(({ id }) => id));
  const back = kept
    .filter(({ id }) => !known.has(id))
    .map(
      ({ id, name, content, corners, uploadId, paused }): LocalUpload => ({
        id,
        name,
        content,
        corners,
        uploadId,
        previewUrl: URL.createObjectURL(content),
        phase: paused ? "paused" : "waiting",
        sentBytes: 0,
        photoId: null,
        error: null,
      }),
    );
  uploads.set((all) => [...all, ...back]);
  restored.set(true);
  pump();
}

onSignOut(() => {
  restoredFor = null;
  restored.set(false);
  for (const controller of running.values()) {
    controller.abort();
  }
  for (const { previewUrl } of uploads.get()) {
    URL.revokeObjectURL(previewUrl);
  }
  uploads.set([]);
});
