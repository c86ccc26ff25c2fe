import type { Corners } from "../crop/geometry";
import { backoffMillis, type Sleep, sleepUntilOnline } from "../lib/time";
import { AppError, decodeError } from "./errors";

/** Where an upload stands on the server. */
export interface UploadStanding {
  id: string;
  offsetBytes: number;
  /** The photo, once completed. */
  photoId: string;
  /** Still takes bytes. */
  open: boolean;
}

/** What the server offers for uploads. */
export interface UploadServer {
  create(order: UploadOrder, signal: AbortSignal): Promise<UploadStanding>;
  standing(uploadId: string, signal: AbortSignal): Promise<UploadStanding>;
  /** Sends all bytes from the offset on; tells how many bytes of the whole have left. */
  send(
    uploadId: string,
    content: Blob,
    offset: number,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Ends the upload and answers the id of its photo. */
  complete(uploadId: string, signal: AbortSignal): Promise<string>;
}

export interface UploadOrder {
  requestId: string;
  filename: string;
  content: Blob;
  /** Null: the server looks for the photo's corners. */
  corners: Corners | null;
}

export interface UploadProgress {
  /** Bytes that have left, of the content's size. */
  sentBytes: number;
  /** Null until the server knows of the upload; kept so that a later run goes on with it. */
  uploadId: string | null;
  /** All bytes are there and the server looks at them. */
  checking: boolean;
}

export interface UploadOptions {
  signal: AbortSignal;
  /** Goes on with this upload instead of opening one. */
  uploadId?: string | null;
  onProgress: (progress: UploadProgress) => void;
  wait?: Sleep;
  random?: () => number;
}

const FAILURES_MAX = 6;

/** Reasons after which the same upload can go on from where the server says it stands. */
const RESUMABLE = new Set(["OFFSET_MISMATCH", "INTERNAL"]);

/**
 * Uploads a photo and answers its id. A connection that breaks is taken up again where the server says that the bytes
 * end; an upload that has expired meanwhile is begun anew. Aborting the signal pauses: call again with the upload's id.
 */
export async function uploadPhoto(server: UploadServer, order: UploadOrder, options: UploadOptions): Promise<string> {
  const { signal, onProgress, wait = sleepUntilOnline, random = Math.random } = options;
  let uploadId = options.uploadId ?? null;
  let requestId = order.requestId;
  let farthest = 0;
  for (let failures = 0; ; ) {
    try {
      const standing: UploadStanding =
        uploadId === null
          ? await server.create({ ...order, requestId }, signal)
          : await server.standing(uploadId, signal);
      if (standing.photoId !== "") {
        return standing.photoId;
      }
      if (!standing.open) {
        throw new AppError("NOT_FOUND", "", false);
      }
      uploadId = standing.id;
      if (standing.offsetBytes > farthest) {
        failures = 0;
        farthest = standing.offsetBytes;
      }
      const id = uploadId;
      const report = (sentBytes: number, checking = false) => onProgress({ sentBytes, uploadId: id, checking });
      report(standing.offsetBytes);
      if (standing.offsetBytes < order.content.size) {
        await server.send(id, order.content, standing.offsetBytes, report, signal);
      }
      report(order.content.size, true);
      return await server.complete(id, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = decodeError(thrown);
      const lost: boolean = uploadId !== null && error.reason === "NOT_FOUND";
      failures++;
      if (!(error.retryable || RESUMABLE.has(error.reason) || lost) || failures >= FAILURES_MAX) {
        throw error;
      }
      if (lost) {
        uploadId = null;
        requestId = `${order.requestId}.${failures}`;
        farthest = 0;
      }
      await wait(error.retryAfterMillis ?? backoffMillis(failures, random), signal);
    }
  }
}
