import decodeQR from "qr/decode.js";
import { describe, expect, it } from "vitest";
import { routeOf } from "../../src/lib/router";
import { codeOf } from "../../src/phone/handoff";
import { type QrPicture, qrOf } from "../../src/phone/qr";

const PIXELS = 4;

/** The path drawn, module by module. */
function draw({ size, path }: QrPicture) {
  const width = size * PIXELS;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let pixel = 0; pixel < PIXELS * PIXELS; pixel++) {
      const column = Number(x) * PIXELS + (pixel % PIXELS);
      const row = Number(y) * PIXELS + Math.floor(pixel / PIXELS);
      data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
  return { width, height: width, data };
}

describe("a code for a phone (PHO-10)", () => {
  it("is drawn so that a camera reads it, however long the address", () => {
    for (const address of [
      "http://box.local:8080/phone#0123456789AB",
      `https://${"photos.of.a.family.".repeat(6)}example.com/phone#ZYXWVTSRQPNM`,
    ]) {
      expect(decodeQR(draw(qrOf(address)))).toBe(address);
    }
  });

  it("has light modules around it", () => {
    const { size, path } = qrOf("http://box.local/phone#0123456789AB");
    const places = [...path.matchAll(/M(\d+) (\d+)h/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
    expect(Math.min(...places)).toBe(4);
    expect(Math.max(...places)).toBe(size - 5);
  });

  it("is read from behind the # and nowhere else", () => {
    expect(codeOf("#0123456789AB")).toBe("0123456789AB");
    for (const other of ["", "#", "#abc", "#0123456789ABC", "0123456789AB", "#012345 789AB"]) {
      expect(codeOf(other)).toBeNull();
    }
    expect(routeOf("/phone", "")).toEqual({ page: "phone" });
  });
});
