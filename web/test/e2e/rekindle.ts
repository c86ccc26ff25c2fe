import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const command = join(home, "rekindle");

/** The whole of Rekindle as a newcomer starts it: `./rekindle up` on a data folder of its own. */
export class Rekindle {
  private constructor(
    readonly address: string,
    readonly data: string,
    private readonly port: number,
    private process: ChildProcess,
  ) {}

  static async start(): Promise<Rekindle> {
    const data = mkdtempSync(join(tmpdir(), "rekindle-e2e-"));
    const port = await freePort();
    return new Rekindle(`http://localhost:${port}`, data, port, await up(data, port));
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await ended;
  }

  async startAgain(): Promise<void> {
    this.process = await up(this.data, this.port);
  }

  /** A token of the embedded sign-in, as `./rekindle token` prints it. */
  token(user: string, ...more: string[]): string {
    const result = spawnSync(command, ["token", "--data", this.data, "--user", user, ...more], { encoding: "utf8" });
    if (result.status !== 0) {
      throw new Error(`rekindle token failed: ${result.stderr}`);
    }
    return result.stdout.trim();
  }

  /** Ends everything in order; answers how long that took, in milliseconds. */
  async stop(): Promise<number> {
    const begin = performance.now();
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.data, { recursive: true, force: true });
    return performance.now() - begin;
  }
}

function up(data: string, port: number): Promise<ChildProcess> {
  const child = spawn(command, ["up", "--data", data, "--port", String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      said += text;
      if (said.includes(`Rekindle is ready at http://localhost:${port}`)) {
        resolve(child);
      }
    });
    child.once("exit", (code) => reject(new Error(`rekindle up ended with ${code}: ${said}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
