import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { type EventSource, followEvents } from "../../src/api/liveEvents";
import { SubscribeResponseSchema } from "../../src/gen/rekindle/events/v1/events_service_pb";
import { failure } from "../backend/failure";

type Message = MessageInitShape<typeof SubscribeResponseSchema>["message"];
const UNAVAILABLE = failure(Code.Unavailable, "UNAVAILABLE", "away");

const event = (id: string, transient = false): Message => ({
  case: "event",
  value: { id, type: "job.completed", transient },
});

/** Follows the events of these streams until the last of them has ended. */
async function follow(streams: (Message | Error)[][]) {
  const resumes: string[] = [];
  const controller = new AbortController();
  const source: EventSource = {
    async *subscribe({ resumeAfter }) {
      resumes.push(resumeAfter);
      for (const step of streams[resumes.length - 1] ?? []) {
        if (step instanceof Error) {
          throw step;
        }
        yield create(SubscribeResponseSchema, { message: step as NonNullable<Message> });
      }
    },
  };
  const onEvent = vi.fn();
  const onGap = vi.fn();
  const wait = async () => {
    if (resumes.length >= streams.length) {
      controller.abort();
    }
  };
  await followEvents(source, { signal: controller.signal, types: ["job.*"], onEvent, onGap, wait });
  return { resumes, ids: onEvent.mock.calls.map(([told]) => told.id), gaps: onGap.mock.calls.length };
}

describe("following events (EV-01)", () => {
  it("goes on after the last event that is kept", async () => {
    const { resumes, ids } = await follow([
      [{ case: "ready", value: { resumeAfter: "a" } }, event("b"), event("c", true), UNAVAILABLE],
      [event("d")],
      [],
    ]);
    expect(resumes).toEqual(["", "b", "d"]);
    expect(ids).toEqual(["b", "c", "d"]);
  });

  it("goes on even before the first event", async () => {
    expect((await follow([[{ case: "ready", value: { resumeAfter: "a" } }, UNAVAILABLE], []])).resumes).toEqual([
      "",
      "a",
    ]);
  });

  it("has everything read anew once it hears: something may have happened since it was read", async () => {
    const ready = { case: "ready", value: { resumeAfter: "a" } } as const;
    const { gaps, resumes } = await follow([[ready, UNAVAILABLE], [ready]]);
    expect(resumes[1]).toBe("a");
    expect(gaps).toBe(1);
  });

  it("tells a gap when the server cut the stream without a point to go on from", async () => {
    const cut = await follow([[event("a"), { case: "resync", value: { resumeAfter: "" } }], []]);
    expect(cut).toMatchObject({ resumes: ["", ""], gaps: 1 });
    const resumable = await follow([[event("a"), { case: "resync", value: { resumeAfter: "a" } }], []]);
    expect(resumable).toMatchObject({ resumes: ["", "a"], gaps: 0 });
  });

  it("tells a gap when the point to go on from is no longer known", async () => {
    const { resumes, gaps } = await follow([
      [event("a"), UNAVAILABLE],
      [failure(Code.InvalidArgument, "INVALID_TOKEN", "old")],
      [],
    ]);
    expect(resumes).toEqual(["", "a", ""]);
    expect(gaps).toBe(1);
  });

  it("leaves it at that where there are no events to be had", async () => {
    expect((await follow([[failure(Code.Unimplemented, "UNIMPLEMENTED", "later")], [], []])).resumes).toHaveLength(1);
    expect((await follow([[failure(Code.Unauthenticated, "UNAUTHENTICATED", "who")], [], []])).resumes).toHaveLength(1);
  });
});
