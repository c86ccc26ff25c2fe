import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Job, JobSchema, JobSpecSchema } from "../../src/gen/rekindle/jobs/v1/job_pb";
import { add, change, hintFrom, middleOf, moveBy, nextId, remove } from "../../src/photo/hints";
import {
  HINTS_MAX,
  type Hint,
  type Options,
  optionsOf,
  START,
  simplify,
  specOf,
  workOfJob,
} from "../../src/photo/options";

function jobWith(options: Options): Job {
  return create(JobSchema, { spec: create(JobSpecSchema, specOf(options)) });
}

const RED: Hint = { id: 1, points: [{ x: 0.25, y: 0.5 }], colour: "#a32a2e", radius: 0.015 };

describe("the options of a job (WEB-02, JOB-01, AI-07)", () => {
  it("come back from a job as they were sent", () => {
    const options: Options = { work: "both", strength: 35, hints: [RED] };
    expect(optionsOf(jobWith(options))).toEqual({ ...options, hints: [{ ...RED, id: 0 }] });
  });

  it("send hints with colour only, and strength with restoring only", () => {
    const restoring = jobWith({ work: "restore", strength: 50, hints: [RED] }).spec?.work.value;
    expect(restoring).toMatchObject({ restore: true, colourize: false, strength: 0.5, hints: [] });
    const colouring = jobWith({ work: "colourize", strength: 50, hints: [RED] }).spec?.work.value;
    expect(colouring).toMatchObject({ restore: false, colourize: true });
    expect(colouring).not.toHaveProperty("strength");
  });

  it("carry colours as 0xRRGGBB, black included", () => {
    const black = { ...RED, colour: "#000000" };
    const spec = jobWith({ ...START, work: "colourize", hints: [RED, black] }).spec;
    expect(spec?.work.case === "restoration" && spec.work.value.hints.map(({ rgb }) => rgb)).toEqual([0xa32a2e, 0]);
    expect(optionsOf(jobWith({ ...START, work: "colourize", hints: [black] })).hints[0]?.colour).toBe("#000000");
  });

  it("of a job of another kind are the usual ones", () => {
    expect(optionsOf(create(JobSchema))).toEqual(START);
    expect(workOfJob(create(JobSchema))).toBe("other");
    expect(workOfJob(jobWith({ ...START, work: "both" }))).toBe("both");
  });
});

const BRUSH = { colour: "#a32a2e", radius: 0.01 };

describe("colour hints (AI-07)", () => {
  it("are points for taps, even of an unsteady finger", () => {
    const hint = hintFrom(
      [
        { x: 0.5, y: 0.5 },
        { x: 0.505, y: 0.503 },
      ],
      BRUSH,
      3,
    );
    expect(hint?.points).toEqual([{ x: 0.5, y: 0.5 }]);
    expect(hintFrom([], BRUSH, 3)).toBeNull();
  });

  it("are strokes for drags, with no more points than they need", () => {
    const drawn = Array.from({ length: 101 }, (_, i) => ({ x: i / 200, y: i <= 50 ? 0.2 : 0.2 + (i - 50) / 200 }));
    expect(hintFrom(drawn, BRUSH, 3)?.points).toEqual([drawn[0], drawn[50], drawn[100]]);
  });

  it("never have more points than the contract allows, whatever is scribbled", () => {
    const point = fc.record({
      x: fc.double({ min: 0, max: 1, noNaN: true }),
      y: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 900 }), (points) => {
        const kept = simplify(points);
        expect(kept.length).toBeLessThanOrEqual(256);
        expect(kept[0]).toEqual(points[0]);
        expect(kept.at(-1)).toEqual(points.at(-1));
      }),
      { numRuns: 30 },
    );
  });

  it("stay whole on the picture when they are moved", () => {
    const stroke: Hint = {
      ...RED,
      points: [
        { x: 0.1, y: 0.1 },
        { x: 0.3, y: 0.2 },
      ],
    };
    const moved = moveBy([stroke], 1, -0.5, 2)[0];
    expect(moved?.points[0]?.x).toBeCloseTo(0);
    expect(moved?.points[1]?.x).toBeCloseTo(0.2);
    expect(moved?.points[1]?.y).toBeCloseTo(1);
    expect(moved?.points[0]?.y).toBeCloseTo(0.9);
  });

  it("are added up to a limit, changed and removed by their id", () => {
    const full = Array.from({ length: HINTS_MAX }, (_, i) => ({ ...RED, id: i + 1 }));
    expect(add(full, RED)).toBe(full);
    expect(nextId(full)).toBe(HINTS_MAX + 1);
    expect(nextId([])).toBe(1);
    expect(remove(full, 7)).toHaveLength(HINTS_MAX - 1);
    expect(change([RED], 1, { colour: "#000000" })[0]?.colour).toBe("#000000");
    expect(
      middleOf({
        ...RED,
        points: [
          { x: 0, y: 0 },
          { x: 0.4, y: 0.4 },
          { x: 1, y: 1 },
        ],
      }),
    ).toEqual({ x: 0.4, y: 0.4 });
  });
});
