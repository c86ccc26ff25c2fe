import { create, type DescMethodUnary } from "@bufbuild/protobuf";
import { Code, ConnectError, type UnaryRequest, type UnaryResponse } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { retrying } from "../../src/api/retry";
import { ErrorInfoSchema, RetryInfoSchema } from "../../src/gen/google/rpc/error_details_pb";
import { JobsService } from "../../src/gen/rekindle/jobs/v1/jobs_service_pb";
import { failure } from "../backend/failure";

const AWAY = failure(Code.Unavailable, "UNAVAILABLE", "away");

/** Calls a method through the interceptor against these outcomes. */
async function call(method: DescMethodUnary, outcomes: (Error | "ok")[]) {
  const waits: number[] = [];
  const next = vi.fn(async () => {
    const outcome = outcomes.shift();
    if (outcome instanceof Error) {
      throw outcome;
    }
    return { message: "ok" } as unknown as UnaryResponse;
  });
  const interceptor = retrying(
    async (millis) => {
      waits.push(millis);
    },
    () => 1,
  );
  const request = { stream: false, method, signal: new AbortController().signal, message: create(method.input) };
  const outcome = await interceptor(next)(request as unknown as UnaryRequest).then(
    () => "ok",
    (thrown: Error) => thrown,
  );
  return { outcome, tries: next.mock.calls.length, waits };
}

describe("calls that fail for a passing reason", () => {
  const { getJob, createJob, retryJob } = JobsService.method;

  it("are tried again, waiting longer each time", async () => {
    expect(await call(getJob, [AWAY, AWAY, "ok"])).toEqual({ outcome: "ok", tries: 3, waits: [500, 1000] });
  });

  it("are tried again where a request id makes that safe", async () => {
    expect((await call(createJob, [AWAY, "ok"])).outcome).toBe("ok");
  });

  it("are given up after four tries", async () => {
    const { outcome, tries } = await call(getJob, [AWAY, AWAY, AWAY, AWAY, "ok"]);
    expect(outcome).toBe(AWAY);
    expect(tries).toBe(4);
  });

  it("are not repeated where that would do more than asked", async () => {
    expect((await call(retryJob, [AWAY, "ok"])).tries).toBe(1);
  });

  it("are not repeated where it does not help", async () => {
    expect((await call(getJob, [failure(Code.NotFound, "NOT_FOUND", "no"), "ok"])).tries).toBe(1);
    expect((await call(getJob, [failure(Code.DeadlineExceeded, "DEADLINE_EXCEEDED", "slow"), "ok"])).tries).toBe(1);
  });

  it.each([
    [2n, 2],
    [60n, 1],
  ])("wait %d seconds when asked to, unless that is for a person to decide", async (seconds, tries) => {
    const limited = new ConnectError("slow down", Code.ResourceExhausted, undefined, [
      { desc: ErrorInfoSchema, value: { reason: "RATE_LIMITED", domain: "rekindle.dev" } },
      { desc: RetryInfoSchema, value: { retryDelay: { seconds, nanos: 0 } } },
    ]);
    const outcome = await call(getJob, [limited, "ok"]);
    expect(outcome.tries).toBe(tries);
    expect(outcome.waits).toEqual(tries === 2 ? [2000] : []);
  });
});
