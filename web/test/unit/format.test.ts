import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { MoneySchema } from "../../src/gen/google/type/money_pb";
import { DurationRangeSchema } from "../../src/gen/rekindle/jobs/v1/job_pb";
import { text } from "../../src/text";
import {
  dateOf,
  formatBetween,
  formatBytes,
  formatDay,
  formatMoney,
  formatRange,
  formatRangeSum,
  formatSeconds,
  stageWords,
} from "../../src/text/format";

const range = (low: number, high: number) =>
  create(DurationRangeSchema, { low: durationFromMs(low * 1000), high: durationFromMs(high * 1000) });

describe("prices (WEB-02, CR-01)", () => {
  it("are told on the button, in the singular too", () => {
    expect(text.quote.button("Restore", 2)).toBe("Restore for 2 credits");
    expect(text.quote.button("Restore", 1)).toBe("Restore for 1 credit");
    expect(text.quote.buttonFree("Restore")).toBe("Restore, free of charge");
  });

  it("are told with the balance before and after", () => {
    expect(text.quote.balance(10, 8)).toBe("You have 10 credits; 8 left afterwards.");
    expect(text.quote.balance(1, 0)).toBe("You have 1 credit; 0 left afterwards.");
    expect(text.quote.short(3)).toBe("You need 3 credits more.");
  });

  it("of money have cents only where there are some", () => {
    expect(formatMoney(create(MoneySchema, { currencyCode: "USD", units: 12n, nanos: 990_000_000 }))).toBe("$12.99");
    expect(formatMoney(create(MoneySchema, { currencyCode: "USD", units: 99n }))).toBe("$99");
    expect(formatMoney(create(MoneySchema, { currencyCode: "EUR", units: 4n, nanos: 500_000_000 }))).toBe("€4.50");
    expect(formatMoney(undefined)).toBe("");
  });
});

describe("times (WEB-02, JOB-12)", () => {
  it.each([
    [0.4, "1 second"],
    [7, "7 seconds"],
    [33, "35 seconds"],
    [57, "1 minute"],
    [150, "3 minutes"],
    [3600 * 1.5, "1.5 hours"],
  ])("of %d seconds are said as a person would", (seconds, words) => {
    expect(formatSeconds(seconds)).toBe(words);
  });

  it.each([
    [60, 180, "1 to 3 minutes"],
    [20, 60, "20 seconds to 1 minute"],
    [60, 62, "about 1 minute"],
    [0, 30, "less than 30 seconds"],
    [0, 0, null],
  ])("between %d and %d seconds are one phrase", (low, high, words) => {
    expect(formatBetween(low, high)).toBe(words);
  });

  it("of waiting and running add up", () => {
    expect(formatRangeSum(range(10, 20), range(20, 40))).toBe("30 seconds to 1 minute");
    expect(formatRangeSum(undefined, range(20, 40))).toBe("20 to 40 seconds");
    expect(formatRangeSum(undefined, undefined)).toBeNull();
    expect(formatRange(undefined)).toBeNull();
  });

  it("of days are told from today", () => {
    const now = new Date(2026, 4, 3, 0, 30);
    expect(formatDay(new Date(2026, 4, 3, 0, 1), now)).toBe("Today");
    expect(formatDay(new Date(2026, 4, 2, 23, 59), now)).toBe("Yesterday");
    expect(formatDay(new Date(2026, 3, 9), now)).toBe("9 April");
    expect(formatDay(new Date(2024, 3, 9), now)).toBe("9 April 2024");
    expect(dateOf(timestampFromMs(1234))?.getTime()).toBe(1234);
  });
});

describe("sizes and stages", () => {
  it("are short", () => {
    expect(formatBytes(512)).toBe("512 B");
    expect(formatBytes(31_400)).toBe("31 kB");
    expect(formatBytes(4_240_000)).toBe("4.2 MB");
    expect(formatBytes(48_900_000)).toBe("49 MB");
  });

  it("unknown here are told by their own name", () => {
    expect(stageWords("correct_perspective", "restore")).toBe("Straightening");
    expect(stageWords("restore", "colourize")).toBe("Bringing in colour");
    expect(stageWords("remove_halftone", "restore")).toBe("Remove halftone");
    expect(stageWords("", "other")).toBe("");
  });
});
