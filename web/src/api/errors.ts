import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb";
import { Reason } from "../gen/rekindle/common/v1/failure_pb";
import { text } from "../text";

/** One field that breaks its rule. */
export interface Violation {
  field: string;
  description: string;
}

/** What went wrong, ready to be shown: a stable reason and words for a person. */
export class AppError extends Error {
  constructor(
    /** Name of rekindle.common.v1.Reason without its prefix; OFFLINE where no server was reached. */
    readonly reason: string,
    message: string,
    readonly retryable: boolean,
    readonly violations: readonly Violation[] = [],
    readonly retryAfterMillis: number | null = null,
    /** Finds the call in the server's logs; empty where there is none. */
    readonly requestId = "",
  ) {
    super(message);
  }
}

const RETRYABLE = new Set([
  "CONCURRENT_CHANGE",
  "RATE_LIMITED",
  "OVERLOADED",
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "OFFLINE",
]);

/** Reasons of servers that sent no ErrorInfo, such as a proxy in between. */
const REASON_OF_CODE: Partial<Record<Code, string>> = {
  [Code.InvalidArgument]: "INVALID_REQUEST",
  [Code.Unauthenticated]: "UNAUTHENTICATED",
  [Code.PermissionDenied]: "PERMISSION_DENIED",
  [Code.NotFound]: "NOT_FOUND",
  [Code.AlreadyExists]: "IDEMPOTENCY_CONFLICT",
  [Code.FailedPrecondition]: "STATE_CONFLICT",
  [Code.Aborted]: "CONCURRENT_CHANGE",
  [Code.ResourceExhausted]: "RATE_LIMITED",
  [Code.Unavailable]: "UNAVAILABLE",
  [Code.DeadlineExceeded]: "DEADLINE_EXCEEDED",
  [Code.Canceled]: "CANCELLED",
  [Code.Unimplemented]: "UNIMPLEMENTED",
};

const REASON_OF_STATUS: Record<number, string> = {
  400: "INVALID_REQUEST",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  408: "DEADLINE_EXCEEDED",
  409: "STATE_CONFLICT",
  413: "TOO_LARGE",
  415: "UNSUPPORTED_MEDIA",
  429: "RATE_LIMITED",
  501: "UNIMPLEMENTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** The plain words for a reason; the server's own where it names the value that is wrong. */
function wordsFor(reason: string, serverMessage: string): string {
  const words = text.errors.byReason[reason as keyof typeof text.errors.byReason];
  if (typeof words === "string") {
    return words;
  }
  return serverMessage === "" ? text.errors.unknown : serverMessage;
}

function appError(
  reason: string,
  serverMessage: string,
  rest: Partial<Pick<AppError, "violations" | "retryAfterMillis" | "requestId">> = {},
): AppError {
  const { violations = [], retryAfterMillis = null, requestId = "" } = rest;
  const words = wordsFor(reason, serverMessage);
  return new AppError(reason, words, RETRYABLE.has(reason), violations, retryAfterMillis, requestId);
}

function fromConnect(error: ConnectError): AppError {
  const info = error.findDetails(ErrorInfoSchema)[0];
  const badRequest = error.findDetails(BadRequestSchema)[0];
  const retryDelay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  // A fetch that failed before any answer carries the browser's TypeError.
  const unreached = info === undefined && error.cause instanceof TypeError;
  const reason = unreached
    ? "OFFLINE"
    : (info?.reason.replace(/^REASON_/, "") ?? REASON_OF_CODE[error.code] ?? "INTERNAL");
  return appError(reason, error.rawMessage, {
    violations: (badRequest?.fieldViolations ?? []).map(({ field, description }) => ({ field, description })),
    retryAfterMillis: retryDelay ? Number(retryDelay.seconds) * 1000 + retryDelay.nanos / 1e6 : null,
    requestId: error.metadata.get("x-request-id") ?? "",
  });
}

/** Whatever was thrown, as an AppError. */
export function decodeError(thrown: unknown): AppError {
  if (thrown instanceof AppError) {
    return thrown;
  }
  if (thrown instanceof ConnectError) {
    return fromConnect(thrown);
  }
  if (thrown instanceof DOMException && thrown.name === "AbortError") {
    return appError("CANCELLED", "");
  }
  if (thrown instanceof TypeError && /fetch|network|load failed/i.test(thrown.message)) {
    return appError("OFFLINE", "");
  }
  return appError("INTERNAL", "");
}

interface Problem {
  reason?: unknown;
  detail?: unknown;
  title?: unknown;
  request_id?: unknown;
  violations?: unknown;
}

function isViolation(value: unknown): value is Violation {
  const candidate = value as Partial<Violation> | null;
  return typeof candidate?.field === "string" && typeof candidate.description === "string";
}

/** An HTTP answer that is no success: problem+json of the gateway, or whatever a proxy in between said. */
export function decodeProblem(status: number, body: string, retryAfter: string | null = null): AppError {
  if (status === 0) {
    return appError("OFFLINE", "");
  }
  let problem: Problem = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null) {
      problem = parsed;
    }
  } catch {
    // No problem+json: the status alone must do.
  }
  const reason = typeof problem.reason === "string" ? problem.reason.replace(/^REASON_/, "") : REASON_OF_STATUS[status];
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return appError(reason ?? "INTERNAL", String(problem.detail ?? problem.title ?? ""), {
    violations: Array.isArray(problem.violations) ? problem.violations.filter(isViolation) : [],
    retryAfterMillis: Number.isFinite(seconds) ? seconds * 1000 : null,
    requestId: typeof problem.request_id === "string" ? problem.request_id : "",
  });
}

/** Words for the reason a job or a photo failed: the server writes them for its owner, ours fill the gap. */
export function wordsForJobError(reason: Reason, message: string): string {
  return message === "" ? wordsFor(Reason[reason]?.replace(/^REASON_/, "") ?? "INTERNAL", "") : message;
}
