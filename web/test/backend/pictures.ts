import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const PICTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "pictures");

/** A form of a test picture, found by the uploaded file's name: "portrait.taken.jpg" → portrait. */
export function pictureFor(filename: string, form: "before" | "restored" | "colour"): Buffer | null {
  const name = /^(portrait|cat|cup|rocket)\b/.exec(filename)?.[1];
  const file = join(PICTURES, `${name}.${form}.jpg`);
  return name !== undefined && existsSync(file) ? readFileSync(file) : null;
}

/** Width and height of a JPEG from its frame header; 4:3 for anything else. */
export function sizeOf(bytes: Buffer): { width: number; height: number } {
  let at = 2;
  while (bytes[0] === 0xff && bytes[1] === 0xd8 && at + 9 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc3) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return { width: 800, height: 600 };
}
