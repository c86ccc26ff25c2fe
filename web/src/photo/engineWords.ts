import { JobType } from "../gen/rekindle/common/v1/job_type_pb";
import type { Engine } from "../gen/rekindle/processing/v1/processing_service_pb";
import { text } from "../text";
import type { Work } from "./options";

const TYPE_OF_WORK: Record<Work, JobType> = {
  restore: JobType.RESTORATION,
  colourize: JobType.COLOURIZATION,
  both: JobType.COMBINED,
};

/** What an engine is called. */
export function engineName(engine: string): string {
  const [kind, models] = engine.split(":");
  if (kind === "onnx" && models !== undefined) {
    return text.quote.engineModels(models.split("+"));
  }
  return text.quote.engineNames[engine] ?? engine;
}

/** What may be expected of an engine for this work, in its own words; null where it says nothing. */
export function promiseOf(engines: readonly Engine[], name: string, work: Work): string | null {
  const promises = engines.find((engine) => engine.name === name)?.promises ?? {};
  const type = JobType[TYPE_OF_WORK[work]] ?? "";
  return promises[type] ?? promises[`JOB_TYPE_${type}`] ?? promises[type.toLowerCase()] ?? null;
}
