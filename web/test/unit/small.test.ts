import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { JobProgressSchema, JobSchema, JobState } from "../../src/gen/rekindle/jobs/v1/job_pb";
import { PhotoSchema } from "../../src/gen/rekindle/jobs/v1/photo_pb";
import { EngineSchema } from "../../src/gen/rekindle/processing/v1/processing_service_pb";
import { byDay } from "../../src/history/days";
import { resultOf, thumbOf, withJobs } from "../../src/home/recent";
import { aspectOf, resultFilename } from "../../src/job/picture";
import { NO_STAGES, noteStage } from "../../src/job/stages";
import { routeOf } from "../../src/lib/router";
import { createStore } from "../../src/lib/store";
import { backoffMillis, sleep } from "../../src/lib/time";
import { engineName, promiseOf } from "../../src/photo/engineWords";
import { panBy, SCALE_MAX, settle, zoomAt } from "../../src/ui/zoom";
import { acceptFiles, FILES_MAX, kindOf } from "../../src/uploads/accept";

describe("looking closer (WEB-03)", () => {
  const box = { width: 400, height: 300 };
  const point = fc.record({ x: fc.integer({ min: 0, max: 400 }), y: fc.integer({ min: 0, max: 300 }) });

  it("never leaves a gap beside the picture", () => {
    const moves = fc.array(
      fc.tuple(point, fc.double({ min: 0.1, max: 4, noNaN: true }), fc.integer({ min: -500, max: 500 })),
    );
    fc.assert(
      fc.property(moves, (all) => {
        let view = { scale: 1, x: 0, y: 0 };
        for (const [at, factor, shift] of all) {
          view = panBy(zoomAt(view, box, at, factor), box, shift, -shift);
          expect(view.scale).toBeGreaterThanOrEqual(1);
          expect(view.scale).toBeLessThanOrEqual(SCALE_MAX);
          expect(view.x).toBeLessThanOrEqual(0);
          expect(view.x + box.width * view.scale).toBeGreaterThanOrEqual(box.width - 1e-6);
          expect(view.y + box.height * view.scale).toBeGreaterThanOrEqual(box.height - 1e-6);
        }
      }),
    );
  });

  it("keeps what lies under the finger where it is", () => {
    const view = zoomAt(settle({ scale: 2, x: -100, y: -80 }, box), box, { x: 200, y: 150 }, 1.5);
    expect((200 - view.x) / view.scale).toBeCloseTo((200 + 100) / 2);
  });
});

describe("what is taken in (WEB-01)", () => {
  const file = (name: string, type = "", size = 10) => new File([new Uint8Array(size)], name, { type });

  it("is every picture, by type or by name, and nothing else", () => {
    const { accepted, refused } = acceptFiles(
      [
        file("a.jpg", "image/jpeg"),
        file("b.HEIC"),
        file("c.pdf", "application/pdf"),
        file("d.mp4", "video/mp4"),
        file("e.png", "image/png", 0),
      ],
      1000,
    );
    expect(accepted.map(({ name }) => name)).toEqual(["a.jpg", "b.HEIC"]);
    expect(refused).toHaveLength(3);
  });

  it("has limits that are told", () => {
    const refusals = acceptFiles([file("big.jpg", "image/jpeg", 2_000_001)], 2_000_000).refused;
    expect(refusals[0]).toContain("2 MB");
    const many = Array.from({ length: FILES_MAX + 5 }, (_, i) => file(`${i}.jpg`, "image/jpeg"));
    expect(acceptFiles(many, 1000).accepted).toHaveLength(FILES_MAX);
    expect(acceptFiles(many, 1000).refused).toHaveLength(1);
  });

  it("is named by its kind", () => {
    expect(kindOf("grandpa.heic", "")).toBe("HEIC");
    expect(kindOf("noname", "image/avif")).toBe("AVIF");
  });
});

describe("addresses", () => {
  it("lead to pages, and strange ones nowhere", () => {
    expect(routeOf("/", "")).toEqual({ page: "home" });
    expect(routeOf("/credits/", "")).toEqual({ page: "credits" });
    expect(routeOf("/photos/p1", "?like=j1")).toEqual({ page: "photo", photoId: "p1", fromJobId: "j1" });
    expect(routeOf("/jobs/j1", "")).toEqual({ page: "job", jobId: "j1" });
    for (const path of ["/jobs", "/jobs/", "/jobs/a/b", "/jobs/%2e%2e", "/constructor", "/toString"]) {
      expect(routeOf(path, "")).toEqual({ page: "nowhere" });
    }
  });
});

describe("the steps of a job (WEB-02)", () => {
  const at = (stage: string, stagePercent: number, attempt = 1) =>
    create(JobSchema, {
      state: JobState.PROCESSING,
      progress: create(JobProgressSchema, { stage, stagePercent, attempt }),
    });

  it("are those seen, in order, without going back", () => {
    const seen = [at("decode", 50), at("decode", 40), at("mend_damage", 10)].reduce(noteStage, NO_STAGES);
    expect(seen).toEqual({ attempt: 1, seen: ["decode", "mend_damage"], percent: 10 });
    expect([at("decode", 50), at("decode", 40)].reduce(noteStage, NO_STAGES).percent).toBe(50);
  });

  it("begin anew with an attempt", () => {
    expect([at("mend_damage", 50), at("decode", 5, 2)].reduce(noteStage, NO_STAGES)).toEqual({
      attempt: 2,
      seen: ["decode"],
      percent: 5,
    });
  });
});

describe("the box of photos (WEB-03)", () => {
  const output = (id: string, name: string) => ({ id, name, contentType: "image/jpeg" });
  const done = create(JobSchema, {
    id: "j1",
    photoIds: ["p1"],
    state: JobState.COMPLETED,
    outputs: [output("o1", "result"), output("o2", "result_small")],
  });
  const failed = create(JobSchema, { id: "j2", photoIds: ["p1"], state: JobState.FAILED });

  it("puts each photo beside its newest job and its newest result", () => {
    const photos = [create(PhotoSchema, { id: "p1" }), create(PhotoSchema, { id: "p2" })];
    const [first, second] = withJobs(photos, [failed, done]);
    expect(first).toMatchObject({ newest: { id: "j2" }, result: { id: "j1" } });
    expect(second).toMatchObject({ newest: null, result: null });
  });

  it("shows small forms where there are some", () => {
    expect(resultOf(done)).toBe("o1");
    expect(resultOf(done, true)).toBe("o2");
    expect(resultOf(failed)).toBeNull();
    expect(thumbOf(create(PhotoSchema, { variants: [{ name: "prepared" }, { name: "thumb_600" }] }))).toBe("thumb_600");
    expect(thumbOf(create(PhotoSchema))).toBeNull();
  });

  it("groups jobs by day", () => {
    const now = new Date(2026, 4, 3, 12);
    const on = (day: number) => create(JobSchema, { createTime: timestampFromMs(new Date(2026, 4, day, 9).getTime()) });
    expect(byDay([on(3), on(3), on(2)], now).map(({ day, jobs }) => [day, jobs.length])).toEqual([
      ["Today", 2],
      ["Yesterday", 1],
    ]);
  });
});

describe("results", () => {
  it("are saved under a name that says what they are", () => {
    expect(resultFilename("Wedding 1951.heic", "restored", "image/jpeg")).toBe("Wedding 1951-restored.jpg");
    expect(resultFilename("a/b:c.png", "in-colour", "image/png")).toBe("a b c-in-colour.png");
    expect(resultFilename("", "restored", "x/y")).toBe("photo-restored.jpg");
    expect(resultFilename("Oma.jpg", "result", "video/mp4")).toBe("Oma-result.mp4");
  });

  it("that move are no picture for a list", () => {
    const clip = { id: "c", name: "animation", contentType: "video/mp4" };
    const still = { id: "s", name: "poster", contentType: "image/jpeg" };
    expect(resultOf(create(JobSchema, { outputs: [clip] }))).toBe("c");
    expect(resultOf(create(JobSchema, { outputs: [clip] }), true)).toBeNull();
    expect(resultOf(create(JobSchema, { outputs: [clip, still] }), true)).toBe("s");
  });

  it("have the shape they say, or that of their photo", () => {
    expect(aspectOf(undefined, 1.5)).toBe(1.5);
  });
});

describe("engines (AI-04)", () => {
  const engine = create(EngineSchema, {
    name: "embedded",
    promises: { RESTORATION: "Mends.", JOB_TYPE_COMBINED: "Both." },
  });

  it("are told by name and by what they promise", () => {
    expect(engineName("embedded")).toBe("Built into Rekindle");
    expect(engineName("onnx:ddcolor")).toBe("Your model ddcolor");
    expect(engineName("onnx:scratches+ddcolor")).toBe("Your models scratches and ddcolor");
    expect(engineName("new")).toBe("new");
    expect(promiseOf([engine], "embedded", "restore")).toBe("Mends.");
    expect(promiseOf([engine], "embedded", "both")).toBe("Both.");
    expect(promiseOf([engine], "embedded", "colourize")).toBeNull();
    expect(promiseOf([], "runpod", "restore")).toBeNull();
  });
});

describe("small tools", () => {
  it("a store tells changes, and nothing else", () => {
    const store = createStore(1);
    const listener = vi.fn();
    const stop = store.subscribe(listener);
    store.set(1);
    store.set((before) => before + 1);
    stop();
    store.set(5);
    expect(listener).toHaveBeenCalledOnce();
  });

  it("waits double up to half a minute, and vary", () => {
    expect([1, 2, 3, 20].map((failures) => backoffMillis(failures, () => 1))).toEqual([500, 1000, 2000, 30_000]);
    expect(backoffMillis(3, () => 0)).toBe(1000);
  });

  it("sleep ends with its signal", async () => {
    const controller = new AbortController();
    const slept = sleep(60_000, controller.signal);
    controller.abort(new Error("stop"));
    await expect(slept).rejects.toThrow("stop");
  });
});
