import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type AppError, decodeError } from "../api/errors";
import { uploadPhoto } from "../api/upload";
import { phoneUploadServer } from "../api/uploadServer";
import { newId } from "../lib/ids";
import type { Leave } from "./handoff";

/** A photo on its way from this phone to the other screen. */
export interface Sending {
  id: string;
  name: string;
  content: Blob;
  phase: "waiting" | "sending" | "checking" | "failed" | "done";
  percent: number;
  error: AppError | null;
}

const OVER = new Set(["UNAUTHENTICATED", "CREDENTIALS_EXPIRED"]);

/** Sends photos one after the other, the oldest first. */
export function useSending(leave: Leave) {
  const [sendings, setSendings] = useState<readonly Sending[]>([]);
  const [over, setOver] = useState(false);
  const server = useMemo(() => phoneUploadServer(leave.token), [leave.token]);
  const left = useRef(new AbortController());
  const busy = useRef(false);

  useEffect(() => {
    const controller = new AbortController();
    left.current = controller;
    return () => controller.abort();
  }, []);

  const change = useCallback((id: string, change: Partial<Sending>) => {
    setSendings((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }, []);

  const next = sendings.find(({ phase }) => phase === "waiting");
  useEffect(() => {
    if (next === undefined || busy.current) {
      return;
    }
    busy.current = true;
    const { id, name, content } = next;
    const { signal } = left.current;
    change(id, { phase: "sending", error: null });
    uploadPhoto(
      server,
      { requestId: id, filename: name, content, corners: null },
      {
        signal,
        onProgress: ({ sentBytes, checking }) =>
          change(id, { percent: (100 * sentBytes) / content.size, phase: checking ? "checking" : "sending" }),
      },
    )
      .then(() => {
        busy.current = false;
        change(id, { phase: "done" });
      })
      .catch((thrown) => {
        busy.current = false;
        if (!signal.aborted) {
          const error = decodeError(thrown);
          setOver((before) => before || OVER.has(error.reason));
          change(id, { phase: "failed", error });
        }
      });
  }, [next, server, change]);

  const add = useCallback((files: readonly File[]) => {
    const added = files.map(
      (file): Sending => ({ id: newId(), name: file.name, content: file, phase: "waiting", percent: 0, error: null }),
    );
    setSendings((all) => [...all, ...added]);
  }, []);
  const retry = useCallback((id: string) => change(id, { phase: "waiting", error: null }), [change]);
  return { sendings, add, retry, over };
}
