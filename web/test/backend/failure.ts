import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../../src/gen/google/rpc/error_details_pb";

/** A failure as the mesh sends it: a status with ErrorInfo. */
export function failure(code: Code, reason: string, message: string): ConnectError {
  return new ConnectError(message, code, undefined, [
    { desc: ErrorInfoSchema, value: { reason, domain: "rekindle.dev" } },
  ]);
}

export function notFound(kind: string, id: string): ConnectError {
  return failure(Code.NotFound, "NOT_FOUND", `There is no ${kind} ${id}.`);
}
