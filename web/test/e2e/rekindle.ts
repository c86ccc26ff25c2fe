import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const command = join(home, "rekindle");
const READY_MILLIS_MAX = 150_000;

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

  /** Ends everything in order; answers the commands of processes that live on, of which there should be none. */
  async stop(): Promise<string[]> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    const left = spawnSync("ps", ["-eww", "-o", "args="], { encoding: "utf8" })
      .stdout.split("\n")
      .filter((command) => command.includes(this.data));
    rmSync(this.data, { recursive: true, force: true });
    return left;
  }
}

function up(data: string, port: number): Promise<ChildProcess> {
  const child = spawn(command, ["up", "--data", data, "--port", String(port)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`rekindle up was not ready within ${READY_MILLIS_MAX} ms: ${said}`));
    }, READY_MILLIS_MAX);
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      said += text;
      if (said.includes(`Rekindle is ready at http://localhost:${port}`)) {
        clearTimeout(late);
        resolve(child);
      }
    });
    child.once("exit", (code) => {
      clearTimeout(late);
      reject(new Error(`rekindle up ended with ${code}: ${said}`));
    });
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
