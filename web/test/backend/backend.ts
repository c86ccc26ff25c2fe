import { setMaxListeners } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { jobsRoutes } from "./jobs";
import { Notified, notificationsRoutes } from "./notifications";
import { otherRoutes } from "./others";
import { photosRoutes } from "./photos";
import type { Script } from "./script";
import { Users } from "./users";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/** As strict as the gateway: nothing from elsewhere, nothing inline. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface BackendOptions {
  port?: number;
  script?: Partial<Script>;
  /** Folder of the built app; without, only calls are served. */
  files?: string;
}

/**
 * A backend with the app's contracts whose workers follow a script: for tests in Chromium and for working on the app.
 * Everything is kept in memory.
 */
export class Backend {
  readonly users = new Users();
  readonly notified = new Notified();
  readonly script: Script;
  readonly uploadFaults: { breakAfterBytes: number | null } = { breakAfterBytes: null };
  /** How many answers to which call are lost on the way, though what was asked is done. */
  readonly lostAnswers = { path: "", left: 0 };
  private readonly streams = { drop: new AbortController() };
  private readonly server;

  private constructor(private readonly options: BackendOptions) {
    this.script = { beatMillis: 250, ahead: 2, holdAt: null, ...options.script };
    setMaxListeners(0, this.streams.drop.signal);
    const rpc = connectNodeAdapter({
      routes: (router) => {
        photosRoutes(router, this.users, this.script);
        jobsRoutes(router, this.users, this.script, this.streams);
        otherRoutes(router, this.users, this.streams);
        notificationsRoutes(router, this.users, this.notified);
      },
      fallback: (request, response) => this.plain(request as IncomingMessage, response as ServerResponse),
    });
    this.server = createServer((request, response) => {
      if (request.url === this.lostAnswers.path && this.lostAnswers.left > 0) {
        this.lostAnswers.left--;
        response.writeHead = () => {
          request.socket.destroy();
          return response;
        };
      }
      rpc(request, response);
    });
  }

  static async start(options: BackendOptions = {}): Promise<Backend> {
    const backend = new Backend(options);
    await new Promise<void>((resolve) => backend.server.listen(options.port ?? 0, "127.0.0.1", resolve));
    return backend;
  }

  get address(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks every stream that is open now. */
  dropStreams(): void {
    const { drop } = this.streams;
    this.streams.drop = new AbortController();
    setMaxListeners(0, this.streams.drop.signal);
    drop.abort();
  }

  async close(): Promise<void> {
    this.dropStreams();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private plain(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const upload = /^\/v1\/uploads\/([^/]+)\/content$/.exec(url.pathname);
    const content = /^\/v1\/photos\/([^/]+)\/content$/.exec(url.pathname);
    if (url.pathname === "/app-config.json") {
      json(response, 200, { signIn: "embedded", issuer: `${url.origin}/dev/oidc`, clientId: "rekindle-web" });
    } else if (url.pathname === "/dev/oidc/token") {
      void this.token(request, response);
    } else if (upload?.[1] !== undefined && request.method === "PUT") {
      void this.write(upload[1], request, response);
    } else if (content?.[1] !== undefined) {
      this.read(content[1], url.searchParams.get("variant") || "prepared", request, response);
    } else {
      this.file(url.pathname, request, response);
    }
  }

  private async token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { user } = JSON.parse((await bytesOf(request)).toString()) as { user: string };
    json(response, 200, { access_token: this.users.tokenFor(user), token_type: "Bearer", expires_in: 3600 });
  }

  private async write(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const upload = this.users.ofHeader(request.headers.authorization)?.uploads.get(id);
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers["content-range"] ?? "");
    if (upload === undefined || range === null) {
      problem(response, upload === undefined ? 404 : 400, upload === undefined ? "NOT_FOUND" : "INVALID_REQUEST");
      return;
    }
    if (Number(range[1]) !== upload.content.length) {
      problem(response, 416, "OFFSET_MISMATCH");
      return;
    }
    const { breakAfterBytes } = this.uploadFaults;
    while (this.script.holdAt === "upload" && !request.destroyed) {
      await new Promise((resolve) => setTimeout(resolve, this.script.beatMillis / 2));
    }
    const bytes = await bytesOf(request).catch(() => null);
    if (bytes === null) {
      // The app has given the request up.
      return;
    }
    if (breakAfterBytes !== null) {
      this.uploadFaults.breakAfterBytes = null;
      upload.content = Buffer.concat([upload.content, bytes.subarray(0, breakAfterBytes)]);
      request.socket.destroy();
      return;
    }
    upload.content = Buffer.concat([upload.content, bytes]);
    json(response, 200, { id, offsetBytes: String(upload.content.length) });
  }

  private read(photoId: string, variant: string, request: IncomingMessage, response: ServerResponse): void {
    const bytes = this.users.ofHeader(request.headers.authorization)?.contents.get(`${photoId}/${variant}`);
    if (bytes === undefined) {
      problem(response, 404, "NOT_FOUND");
      return;
    }
    response.writeHead(200, { "content-type": "image/jpeg", "cache-control": "private, max-age=300" });
    response.end(bytes);
  }

  private file(path: string, request: IncomingMessage, response: ServerResponse): void {
    const root = this.options.files;
    const wanted = root === undefined ? "" : join(root, normalize(path === "/" ? "/index.html" : path));
    const found = root !== undefined && wanted.startsWith(root) && existsSync(wanted) && statSync(wanted).isFile();
    const navigation = request.headers.accept?.includes("text/html") ?? false;
    if (root === undefined || (!found && !navigation)) {
      problem(response, 404, "NOT_FOUND");
      return;
    }
    const file = found ? wanted : join(root, "index.html");
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY, "cache-control": "no-cache" });
    response.end(readFileSync(file));
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ status, reason, title: reason, detail: "" }));
}
