import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { decodeProblem } from "../../src/api/errors";
import { type UploadProgress, type UploadServer, type UploadStanding, uploadPhoto } from "../../src/api/upload";
import { failure } from "../backend/failure";

const CONTENT = new Blob([new Uint8Array(1000)]);
const OFFLINE = decodeProblem(0, "");

/** A server that stores bytes, and fails as told. */
class Server implements UploadServer {
  readonly calls: string[] = [];
  stored = 0;
  opened = 0;
  gone = false;
  photoId = "";
  /** Errors for the next sends; how many bytes arrive before each. */
  breaks: [number, Error][] = [];
  createErrors: Error[] = [];
  completeError: Error | null = null;
  duringSend: () => void = () => undefined;

  private at(): UploadStanding {
    return { id: `upload${this.opened}`, offsetBytes: this.stored, photoId: this.photoId, open: true };
  }

  async create(order: { requestId: string }): Promise<UploadStanding> {
    this.calls.push(`create ${order.requestId}`);
    const error = this.createErrors.shift();
    if (error !== undefined) {
      throw error;
    }
    this.opened++;
    this.stored = 0;
    this.gone = false;
    return this.at();
  }

  async standing(uploadId: string): Promise<UploadStanding> {
    this.calls.push(`standing ${uploadId}`);
    if (this.gone) {
      throw failure(Code.NotFound, "NOT_FOUND", "expired");
    }
    return this.at();
  }

  async send(
    _: string,
    content: Blob,
    offset: number,
    sent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.calls.push(`send ${offset}`);
    this.duringSend();
    signal.throwIfAborted();
    const broken = this.breaks.shift();
    if (broken !== undefined) {
      this.stored = offset + broken[0];
      sent(this.stored);
      throw broken[1];
    }
    this.stored = content.size;
    sent(content.size);
  }

  async complete(uploadId: string): Promise<string> {
    this.calls.push(`complete ${uploadId}`);
    if (this.completeError !== null) {
      throw this.completeError;
    }
    return "photo";
  }
}

function run(server: Server, more: { uploadId?: string; signal?: AbortSignal } = {}) {
  const progress: UploadProgress[] = [];
  const waits: number[] = [];
  const done = uploadPhoto(
    server,
    { requestId: "request", filename: "a.jpg", content: CONTENT, corners: null },
    {
      signal: more.signal ?? new AbortController().signal,
      uploadId: more.uploadId ?? null,
      onProgress: (at) => progress.push(at),
      wait: async (millis) => {
        waits.push(millis);
      },
      random: () => 1,
    },
  );
  return { done, progress, waits };
}

describe("uploading a photo (WEB-01, PHO-02)", () => {
  it("opens, sends and completes", async () => {
    const server = new Server();
    const { done, progress } = run(server);
    expect(await done).toBe("photo");
    expect(server.calls).toEqual(["create request", "send 0", "complete upload1"]);
    expect(progress.at(-1)).toEqual({ sentBytes: 1000, uploadId: "upload1", checking: true });
  });

  it("goes on where the server says that the bytes end", async () => {
    const server = new Server();
    server.breaks = [
      [300, OFFLINE],
      [400, OFFLINE],
    ];
    const { done } = run(server);
    expect(await done).toBe("photo");
    expect(server.calls).toEqual([
      "create request",
      "send 0",
      "standing upload1",
      "send 300",
      "standing upload1",
      "send 700",
      "complete upload1",
    ]);
  });

  it("asks where it stands when its offset is refused", async () => {
    const server = new Server();
    server.breaks = [[0, decodeProblem(416, JSON.stringify({ reason: "OFFSET_MISMATCH" }))]];
    expect(await run(server).done).toBe("photo");
    expect(server.calls).toContain("standing upload1");
  });

  it("takes up an upload of an earlier run", async () => {
    const server = new Server();
    server.opened = 7;
    server.stored = 600;
    expect(await run(server, { uploadId: "upload7" }).done).toBe("photo");
    expect(server.calls).toEqual(["standing upload7", "send 600", "complete upload7"]);
  });

  it("sends nothing when all bytes are there already", async () => {
    const server = new Server();
    server.opened = 1;
    server.stored = 1000;
    expect(await run(server, { uploadId: "upload1" }).done).toBe("photo");
    expect(server.calls).toEqual(["standing upload1", "complete upload1"]);
  });

  it("answers the photo of an upload that was completed before", async () => {
    const server = new Server();
    server.photoId = "earlier";
    expect(await run(server, { uploadId: "upload1" }).done).toBe("earlier");
  });

  it("begins anew, under another request id, when the upload has expired", async () => {
    const server = new Server();
    server.gone = true;
    expect(await run(server, { uploadId: "old" }).done).toBe("photo");
    expect(server.calls).toEqual(["standing old", "create request.1", "send 0", "complete upload1"]);
  });

  it("uses the same request id when the answer to the opening was lost", async () => {
    const server = new Server();
    server.createErrors = [OFFLINE, OFFLINE];
    const { done, waits } = run(server);
    await done;
    expect(server.calls.slice(0, 3)).toEqual(["create request", "create request", "create request"]);
    expect(waits).toEqual([500, 1000]);
  });

  it("waits as long as the server asks", async () => {
    const server = new Server();
    server.breaks = [[0, decodeProblem(503, "{}", "7")]];
    const { done, waits } = run(server);
    await done;
    expect(waits).toEqual([7000]);
  });

  it("gives up at once on content that is refused", async () => {
    const server = new Server();
    server.completeError = failure(Code.InvalidArgument, "UNSUPPORTED_MEDIA", "no picture");
    const { done, waits } = run(server);
    await expect(done).rejects.toMatchObject({ reason: "UNSUPPORTED_MEDIA", retryable: false });
    expect(waits).toEqual([]);
  });

  it("gives up after many failures without any progress", async () => {
    const server = new Server();
    server.createErrors = Array.from({ length: 20 }, () => OFFLINE);
    const { done, waits } = run(server);
    await expect(done).rejects.toMatchObject({ reason: "OFFLINE" });
    expect(waits).toHaveLength(5);
  });

  it("does not give up while bytes keep arriving", async () => {
    const server = new Server();
    server.breaks = Array.from({ length: 9 }, () => [100, OFFLINE] as [number, Error]);
    expect(await run(server).done).toBe("photo");
    expect(server.calls.filter((call) => call.startsWith("send"))).toHaveLength(10);
  });

  it("stops when it is paused", async () => {
    const server = new Server();
    const controller = new AbortController();
    server.duringSend = () => controller.abort();
    await expect(run(server, { signal: controller.signal }).done).rejects.toMatchObject({ name: "AbortError" });
    expect(server.calls).toEqual(["create request", "send 0"]);
  });
});
