import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Point } from "../crop/geometry";
import { type Job, type JobSpecSchema, RestorationSpecSchema } from "../gen/rekindle/jobs/v1/job_pb";

export type Work = "restore" | "colourize" | "both";
export const WORKS: readonly Work[] = ["restore", "colourize", "both"];

/** A spot or a stroke whose colour the person knows. */
export interface Hint {
  id: number;
  points: Point[];
  /** "#rrggbb". */
  colour: string;
  /** Width as a fraction of the picture's longer side. */
  radius: number;
}

/** What is to be done to a photo. */
export interface Options {
  work: Work;
  /** 0 to 100. */
  strength: number;
  hints: readonly Hint[];
}

export const RADII = { fine: 0.006, medium: 0.015, broad: 0.04 } as const;
export const HINTS_MAX = 200;
export const STRENGTH_USUAL = 70;

export const START: Options = { work: "restore", strength: STRENGTH_USUAL, hints: [] };

export function restores(work: Work): boolean {
  return work !== "colourize";
}

export function colourizes(work: Work): boolean {
  return work !== "restore";
}

export function rgbOf(colour: string): number {
  return Number.parseInt(colour.slice(1), 16);
}

export function colourOf(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, "0")}`;
}

/** The options as the contract wants them. */
export function specOf(options: Options): MessageInitShape<typeof JobSpecSchema> {
  const { work, strength, hints } = options;
  return {
    work: {
      case: "restoration",
      value: create(RestorationSpecSchema, {
        restore: restores(work),
        colourize: colourizes(work),
        ...(restores(work) ? { strength: strength / 100 } : {}),
        hints: colourizes(work)
          ? hints.map(({ points, colour, radius }) => ({ points, rgb: rgbOf(colour), radius }))
          : [],
      }),
    },
  };
}

/** The options of a job, for trying others. */
export function optionsOf(job: Job): Options {
  if (job.spec?.work.case !== "restoration") {
    return START;
  }
  const { restore, colourize, strength, hints } = job.spec.work.value;
  return {
    work: workOf(restore, colourize),
    strength: Math.round((strength ?? STRENGTH_USUAL / 100) * 100),
    hints: hints.map(({ points, rgb, radius }, id) => ({
      id,
      points: points.map(({ x, y }) => ({ x, y })),
      colour: colourOf(rgb),
      radius: radius || 0.01,
    })),
  };
}

function workOf(restore: boolean, colourize: boolean): Work {
  if (restore && colourize) {
    return "both";
  }
  return colourize ? "colourize" : "restore";
}

/** What a job does, as the app names it. */
export function workOfJob(job: Job): Work | "other" {
  if (job.spec?.work.case !== "restoration") {
    return "other";
  }
  return workOf(job.spec.work.value.restore, job.spec.work.value.colourize);
}

/** A stroke with fewer points: those that a straight line between its neighbours would miss by more than a hair. */
export function simplify(points: readonly Point[], tolerance = 0.002, max = 256): Point[] {
  const kept = reduce(points, tolerance);
  return kept.length <= max ? kept : simplify(points, tolerance * 2, max);
}

function reduce(points: readonly Point[], tolerance: number): Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length <= 2) {
    return [...points];
  }
  let farthest = 0;
  let index = 0;
  points.forEach((point, i) => {
    const distance = distanceToLine(point, first, last);
    if (distance > farthest) {
      farthest = distance;
      index = i;
    }
  });
  if (farthest <= tolerance) {
    return [first, last];
  }
  return [...reduce(points.slice(0, index + 1), tolerance).slice(0, -1), ...reduce(points.slice(index), tolerance)];
}

function distanceToLine(point: Point, a: Point, b: Point): number {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) {
    return Math.hypot(point.x - a.x, point.y - a.y);
  }
  return Math.abs((b.x - a.x) * (a.y - point.y) - (a.x - point.x) * (b.y - a.y)) / length;
}
