import type { Client } from "@connectrpc/connect";
import { freshToken, tokenRefused } from "../auth/session";
import { type Upload, UploadState } from "../gen/rekindle/jobs/v1/photo_pb";
import type { PhotosService } from "../gen/rekindle/jobs/v1/photos_service_pb";
import { hexOf } from "../lib/ids";
import { api, photosOfPhone } from "./clients";
import { clientId, sessionId } from "./device";
import { AppError, decodeProblem } from "./errors";
import type { UploadServer, UploadStanding } from "./upload";

/** Checking a sum needs the whole file in memory; past this size the transport's own checks must do. */
const CHECKSUM_BYTES_MAX = 64 * 1024 * 1024;
/** A connection on which nothing has moved for so long is given up; phones lose them without a word. */
const STALL_MILLIS_MAX = 60_000;

function standingOf(upload: Upload | undefined): UploadStanding {
  if (upload === undefined) {
    throw new AppError("INTERNAL", "", false);
  }
  const { id, offsetBytes, photoId, state } = upload;
  return { id, offsetBytes: Number(offsetBytes), photoId, open: state === UploadState.OPEN };
}

async function sha256Of(content: Blob): Promise<string> {
  // `crypto.subtle` exists on secure origins only.
  if (globalThis.crypto.subtle === undefined || content.size > CHECKSUM_BYTES_MAX) {
    return "";
  }
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", await content.arrayBuffer())));
}

/** Who uploads. */
interface Uploader {
  photos: Client<typeof PhotosService>;
  token(): Promise<string | null>;
  /** The server no longer takes this token. */
  refused(token: string): void;
  /** Empty: the server knows. */
  sessionId(): string;
}

/** PUTs bytes by XMLHttpRequest, the one way in browsers that tells how far an upload is. */
async function put(
  uploader: Uploader,
  uploadId: string,
  content: Blob,
  offset: number,
  sent: (bytes: number) => void,
  signal: AbortSignal,
) {
  const token = await uploader.token();
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    let timer: ReturnType<typeof setTimeout>;
    let stalled = false;
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        request.abort();
      }, STALL_MILLIS_MAX);
    };
    const end = (outcome: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      outcome();
    };
    request.open("PUT", `/v1/uploads/${uploadId}/content`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("content-range", `bytes ${offset}-${content.size - 1}/${content.size}`);
    if (token !== null) {
      request.setRequestHeader("authorization", `Bearer ${token}`);
    }
    request.upload.onprogress = (event) => {
      moved();
      sent(offset + event.loaded);
    };
    request.onload = () =>
      end(() => {
        const { status, responseText } = request;
        if (status >= 200 && status < 300) {
          resolve();
        } else {
          if (status === 401 && token !== null) {
            uploader.refused(token);
          }
          reject(decodeProblem(status, responseText, request.getResponseHeader("retry-after")));
        }
      });
    request.onerror = () => end(() => reject(decodeProblem(0, "")));
    request.onabort = () => end(() => reject(stalled ? decodeProblem(0, "") : signal.reason));
    signal.addEventListener("abort", abort, { once: true });
    moved();
    request.send(offset === 0 ? content : content.slice(offset));
  });
}

/** Uploads through the gateway. */
function uploadServerFor(uploader: Uploader): UploadServer {
  const { photos } = uploader;
  return {
    async create({ requestId, filename, content, corners }, signal) {
      const sha256 = await sha256Of(content);
      const { upload } = await photos.createUpload(
        {
          filename: filename.slice(0, 255),
          sizeBytes: BigInt(content.size),
          sha256,
          ...(corners === null ? {} : { corners }),
          clientId: clientId(),
          sessionId: uploader.sessionId(),
          requestId,
        },
        { signal },
      );
      return standingOf(upload);
    },
    async standing(uploadId, signal) {
      return standingOf((await photos.getUpload({ uploadId }, { signal })).upload);
    },
    send: (uploadId, content, offset, sent, signal) => put(uploader, uploadId, content, offset, sent, signal),
    async complete(uploadId, signal) {
      const { photo } = await photos.completeUpload({ uploadId }, { signal });
      if (photo === undefined) {
        throw new AppError("INTERNAL", "", false);
      }
      return photo.id;
    },
  };
}

/** Uploads of who is signed in. */
export const uploadServer = uploadServerFor({
  photos: api.photos,
  token: freshToken,
  refused: tokenRefused,
  sessionId,
});

/** Uploads of a phone that was handed a code. */
export function phoneUploadServer(token: string): UploadServer {
  return uploadServerFor({
    photos: photosOfPhone(token),
    token: async () => token,
    refused: () => undefined,
    sessionId: () => "",
  });
}
