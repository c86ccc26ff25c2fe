import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Money } from "../gen/google/type/money_pb";
import type { DurationRange } from "../gen/rekindle/jobs/v1/job_pb";
import { text } from "./index";

const locale = text.locale;

function secondsOf(duration: Duration | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) + duration.nanos / 1e9;
}

function unit(value: number, name: "second" | "minute" | "hour"): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
}

/** Seconds as a person says them: "40 seconds", "3 minutes", "2 hours". */
export function formatSeconds(seconds: number): string {
  if (seconds < 55) {
    const rounded = seconds <= 10 ? Math.max(1, Math.round(seconds)) : Math.round(seconds / 5) * 5;
    return unit(rounded, "second");
  }
  if (seconds < 55 * 60) {
    return unit(Math.max(1, Math.round(seconds / 60)), "minute");
  }
  return unit(Math.round(seconds / 360) / 10, "hour");
}

/** "1 to 3 minutes", "about 20 seconds"; null where there is no estimate. */
export function formatRange(range: DurationRange | undefined): string | null {
  return range === undefined ? null : formatBetween(secondsOf(range.low), secondsOf(range.high));
}

/** The time until two things that follow each other have ended. */
export function formatRangeSum(a: DurationRange | undefined, b: DurationRange | undefined): string | null {
  if (a === undefined && b === undefined) {
    return null;
  }
  return formatBetween(secondsOf(a?.low) + secondsOf(b?.low), secondsOf(a?.high) + secondsOf(b?.high));
}

export function formatBetween(low: number, high: number): string | null {
  if (high <= 0) {
    return null;
  }
  const lowText = formatSeconds(low);
  const highText = formatSeconds(high);
  if (lowText === highText || low < 1) {
    return low < 1 && lowText !== highText ? text.ranges.lessThan(highText) : text.ranges.about(highText);
  }
  // "1 to 3 minutes" rather than "1 minute to 3 minutes".
  const [lowNumber, lowUnit] = lowText.split(" ");
  const sameUnit = lowUnit?.replace(/s$/, "") === highText.split(" ")[1]?.replace(/s$/, "");
  return text.ranges.between(sameUnit ? (lowNumber ?? lowText) : lowText, highText);
}

/** 4.2 MB; sizes as people know them, in powers of ten. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} B`;
  }
  const megabytes = bytes / 1e6;
  return megabytes >= 1
    ? `${new Intl.NumberFormat(locale, { maximumFractionDigits: megabytes < 10 ? 1 : 0 }).format(megabytes)} MB`
    : `${Math.round(bytes / 1000)} kB`;
}

/** "$12.99"; whole amounts without cents. */
export function formatMoney(money: Money | undefined): string {
  if (money === undefined) {
    return "";
  }
  const amount = Number(money.units) + money.nanos / 1e9;
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency: money.currencyCode || "USD",
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
  }).format(amount);
}

export function dateOf(time: Timestamp | undefined): Date | null {
  return time === undefined ? null : new Date(Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6));
}

/** "14:05". */
export function formatTime(date: Date): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(date);
}

/** "Today", "Yesterday", "3 May", "3 May 2024". */
export function formatDay(date: Date, now: Date = new Date()): string {
  const midnight = (day: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) {
    return text.history.today;
  }
  if (days === 1) {
    return text.history.yesterday;
  }
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...year }).format(date);
}

/** "1280 × 720". */
export function formatPixels(width: number, height: number): string {
  return `${width} × ${height}`;
}

/** The stage in which the engine runs, whatever it was asked for. */
const ENGINE_STAGE = "restore";

/** Words for a pipeline stage; a stage unknown here is told by its own name. */
export function stageWords(stage: string, work: keyof typeof text.engineStages): string {
  const known = stage === ENGINE_STAGE ? text.engineStages[work] : text.stages[stage];
  if (known !== undefined) {
    return known;
  }
  const words = stage.replaceAll(/[_.-]+/g, " ").trim();
  return words === "" ? "" : words.charAt(0).toUpperCase() + words.slice(1);
}
