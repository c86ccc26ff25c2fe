import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { AppError, decodeError, decodeProblem, wordsForJobError } from "../../src/api/errors";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../src/gen/google/rpc/error_details_pb";
import { Reason } from "../../src/gen/rekindle/common/v1/failure_pb";
import { text } from "../../src/text";

describe("errors of calls (API-02)", () => {
  it("keep the reason, the violations, the delay and the request id", () => {
    const error = decodeError(
      new ConnectError("filename: too long", Code.InvalidArgument, { "x-request-id": "r1" }, [
        { desc: ErrorInfoSchema, value: { reason: "INVALID_REQUEST", domain: "rekindle.dev" } },
        {
          desc: BadRequestSchema,
          value: { fieldViolations: [{ field: "filename", description: "at most 255 characters" }] },
        },
        { desc: RetryInfoSchema, value: { retryDelay: { seconds: 2n, nanos: 500_000_000 } } },
      ]),
    );
    expect(error).toMatchObject({
      reason: "INVALID_REQUEST",
      message: "filename: too long",
      retryable: false,
      violations: [{ field: "filename", description: "at most 255 characters" }],
      retryAfterMillis: 2500,
      requestId: "r1",
    });
  });

  it("are told in plain words where the reason says it all", () => {
    const error = decodeError(
      new ConnectError("the balance is 1, the job costs 4", Code.FailedPrecondition, undefined, [
        { desc: ErrorInfoSchema, value: { reason: "INSUFFICIENT_CREDITS", domain: "rekindle.dev" } },
      ]),
    );
    expect(error.message).toBe(text.errors.byReason.INSUFFICIENT_CREDITS);
  });

  it("keep the server's words where they name the value", () => {
    const error = decodeError(
      new ConnectError("job 7 has ended already", Code.FailedPrecondition, undefined, [
        { desc: ErrorInfoSchema, value: { reason: "STATE_CONFLICT", domain: "rekindle.dev" } },
      ]),
    );
    expect(error.message).toBe("job 7 has ended already");
  });

  it("get a reason from the code where a proxy in between sent none", () => {
    expect(decodeError(new ConnectError("bad gateway", Code.Unavailable))).toMatchObject({
      reason: "UNAVAILABLE",
      retryable: true,
    });
    expect(decodeError(new ConnectError("", Code.Unimplemented)).reason).toBe("UNIMPLEMENTED");
  });

  it("tell a missing connection from a missing server", () => {
    const unreached = new ConnectError(
      "Failed to fetch",
      Code.Internal,
      undefined,
      undefined,
      new TypeError("Failed to fetch"),
    );
    expect(decodeError(unreached)).toMatchObject({ reason: "OFFLINE", retryable: true });
    expect(decodeError(new TypeError("Failed to fetch")).reason).toBe("OFFLINE");
    expect(decodeProblem(0, "").reason).toBe("OFFLINE");
  });

  it("never show a person what a program threw", () => {
    const error = decodeError(new RangeError("undefined is not a function"));
    expect(error.message).toBe(text.errors.byReason.INTERNAL);
  });

  it("are decoded once", () => {
    const error = new AppError("NOT_FOUND", "gone", false);
    expect(decodeError(error)).toBe(error);
  });
});

describe("problem+json (API-02)", () => {
  it("says the same as a call's error", () => {
    const body = JSON.stringify({
      type: "https://rekindle.dev/problems/too-large",
      status: 413,
      detail: "the upload has 60000000 bytes, 50000000 are allowed",
      reason: "TOO_LARGE",
      request_id: "r2",
      violations: [{ field: "size_bytes", description: "at most 50000000" }, { nonsense: true }],
    });
    expect(decodeProblem(413, body)).toMatchObject({
      reason: "TOO_LARGE",
      message: "the upload has 60000000 bytes, 50000000 are allowed",
      requestId: "r2",
      violations: [{ field: "size_bytes", description: "at most 50000000" }],
    });
  });

  it.each([
    [401, "UNAUTHENTICATED"],
    [413, "TOO_LARGE"],
    [429, "RATE_LIMITED"],
    [502, "UNAVAILABLE"],
    [599, "INTERNAL"],
  ])("is done without where a proxy answers: %i", (status, reason) => {
    expect(decodeProblem(status, "<html>nginx</html>").reason).toBe(reason);
    expect(decodeProblem(status, "null").reason).toBe(reason);
  });

  it("carries Retry-After", () => {
    expect(decodeProblem(503, "{}", "12").retryAfterMillis).toBe(12_000);
    expect(decodeProblem(503, "{}", "Wed, 21 Oct 2026 07:28:00 GMT").retryAfterMillis).toBeNull();
  });
});

describe("the error of a job", () => {
  it("is told in the server's words, and in ours where there are none", () => {
    expect(wordsForJobError(Reason.ENGINE_FAILED, "The engine gave up.")).toBe("The engine gave up.");
    expect(wordsForJobError(Reason.JOB_TIMEOUT, "")).toBe(text.errors.byReason.JOB_TIMEOUT);
  });
});
