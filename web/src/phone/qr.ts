import encodeQR from "qr";

/** Light modules around a code, without which cameras do not find it. */
const QUIET = 4;

export interface QrPicture {
  /** Modules of each side, the quiet ones included. */
  size: number;
  /** The dark modules, as a path of an SVG. */
  path: string;
}

/** A text as QR code. */
export function qrOf(text: string): QrPicture {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { size: rows.length, path };
}
