import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createClient } from "@hey-api/openapi-ts";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PICTURES } from "../backend/pictures";
import { Rekindle } from "../e2e/rekindle";

const here = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

let rekindle: Rekindle;
let text: string;

beforeAll(async () => {
  rekindle = await Rekindle.start();
  const answer = await fetch(`${rekindle.address}/openapi.json`);
  text = await answer.text();
});

afterAll(async () => {
  expect(await rekindle?.stop()).toEqual([]);
});

describe("the OpenAPI document, by tools we did not write", () => {
  it("is valid by the schema of OpenAPI 3.1 (API-01)", async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    expect((await new Validator().validate({ ...JSON.parse(text), paths: 7 })).valid).toBe(false);
  });

  it("has nothing a linter minds (API-01)", async () => {
    const config = await createConfig({
      extends: ["recommended"],
      // Every operation has "default", which stands for all problems.
      rules: { "operation-4xx-response": "off" },
    });
    const problems = await lintFromString({ source: text, absoluteRef: "openapi.json", config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  it("gives a client that compiles and runs a job from upload to download (API-01, API-02, API-04)", async () => {
    await createClient({
      input: JSON.parse(text),
      output: join(here, "dist", "client"),
      logs: { level: "silent" },
    });
    await run(join(here, "node_modules", ".bin", "tsc"), ["-p", here]).catch((failed: { stdout: string }) => {
      throw new Error(failed.stdout);
    });
    const { makeKey, refusal, restore } = await import("./partner");

    const signedIn = await fetch(`${rekindle.address}/dev/oidc/token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: "partner" }),
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const key = await makeKey(rekindle.address, token);
    const { states, picture } = await restore(rekindle.address, key, join(PICTURES, "portrait.before.jpg"));

    expect(states.at(-1)).toBe("JOB_STATE_COMPLETED");
    const head = new Uint8Array(await picture.slice(0, 3).arrayBuffer());
    expect([...head]).toEqual([0xff, 0xd8, 0xff]);
    expect(picture.size).toBeGreaterThan(10_000);
    expect(await refusal(rekindle.address, `${key}x`)).toMatchObject({ status: 401, reason: "UNAUTHENTICATED" });
  });
});
