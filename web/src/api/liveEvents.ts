import { useEffect, useRef } from "react";
import { session } from "../auth/session";
import type { Event } from "../gen/rekindle/events/v1/event_pb";
import type { SubscribeResponse } from "../gen/rekindle/events/v1/events_service_pb";
import { backoffMillis, type Sleep, sleepUntilOnline } from "../lib/time";
import { api } from "./clients";
import { decodeError } from "./errors";

/** What following events needs. */
export interface EventSource {
  subscribe(
    request: { types: string[]; resumeAfter: string },
    options: { signal: AbortSignal; timeoutMs: number },
  ): AsyncIterable<SubscribeResponse>;
}

interface FollowOptions {
  signal: AbortSignal;
  types: string[];
  onEvent: (event: Event) => void;
  /** Something may have been missed: read the state anew. */
  onGap: () => void;
  wait?: Sleep;
  random?: () => number;
}

/**
 * Follows the caller's events until the signal aborts, over any number of connections: each goes on after the last
 * event seen. Gives up only where trying again is of no use.
 */
export async function followEvents(source: EventSource, options: FollowOptions): Promise<void> {
  const { signal, types, onEvent, onGap, wait = sleepUntilOnline, random = Math.random } = options;
  let resumeAfter = "";
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const { message } of source.subscribe({ types, resumeAfter }, { signal, timeoutMs: 0 })) {
        failures = 0;
        switch (message.case) {
          case "event":
            resumeAfter = message.value.transient ? resumeAfter : message.value.id;
            onEvent(message.value);
            break;
          case "ready":
            if (resumeAfter === "") {
              onGap(); // between what was read before and this moment something may have happened
            }
            resumeAfter = message.value.resumeAfter || resumeAfter;
            break;
          case "resync":
            resumeAfter = message.value.resumeAfter;
            if (resumeAfter === "") {
              onGap();
            }
            break;
          case "keepAlive":
          case undefined:
            break;
        }
      }
    } catch (thrown) {
      if (signal.aborted) {
        return;
      }
      const error = decodeError(thrown);
      if (error.reason === "INVALID_TOKEN") {
        resumeAfter = "";
        onGap();
      } else if (["UNIMPLEMENTED", "UNAUTHENTICATED", "PERMISSION_DENIED", "INVALID_REQUEST"].includes(error.reason)) {
        return;
      }
    }
    failures++;
    try {
      await wait(backoffMillis(failures, random), signal);
    } catch {
      return;
    }
  }
}

type Listener = (event: Event | null) => void;
const listeners = new Set<Listener>();

const TYPES = ["job.*", "photo.*", "credits.*"];
/** A page nobody sees lets go of its stream: browsers allow six connections to one host over HTTP/1. */
const HIDDEN_MILLIS_MAX = 60_000;

/** Keeps one stream for the whole app while somebody is signed in and looks. Once in the page. */
export function useEventStream(): void {
  useEffect(() => {
    let controller: AbortController | null = null;
    let hidden: ReturnType<typeof setTimeout> | undefined;
    const tell = (event: Event | null) => {
      for (const listener of [...listeners]) {
        listener(event);
      }
    };
    const start = () => {
      if (controller === null && session.get() !== null) {
        controller = new AbortController();
        void followEvents(api.events, {
          signal: controller.signal,
          types: TYPES,
          onEvent: tell,
          onGap: () => tell(null),
        });
      }
    };
    const stop = () => {
      controller?.abort();
      controller = null;
    };
    const look = () => {
      clearTimeout(hidden);
      if (document.visibilityState === "hidden") {
        hidden = setTimeout(stop, HIDDEN_MILLIS_MAX);
      } else if (controller === null) {
        start();
        tell(null);
      }
    };
    start();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(hidden);
      document.removeEventListener("visibilitychange", look);
      stop();
    };
  }, []);
}

/** Calls with each event, and with null when some may have been missed. */
export function useLiveEvents(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const call: Listener = (event) => latest.current(event);
    listeners.add(call);
    return () => {
      listeners.delete(call);
    };
  }, []);
}
