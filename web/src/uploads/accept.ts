import { text } from "../text";

/** What the file pickers offer. The server decides by content. */
export const ACCEPT = "image/*,.heic,.heif,.avif,.tif,.tiff";
export const FILES_MAX = 30;
/** Bytes of one photo where the account does not say. */
export const BYTES_MAX = 50_000_000;

const PICTURE_NAME = /\.(jpe?g|png|webp|heic|heif|avif|gif|tiff?|bmp)$/i;

/** The files that may be uploaded, and in plain words why the others may not. */
export function acceptFiles(files: readonly File[], bytesMax: number): { accepted: File[]; refused: string[] } {
  const accepted: File[] = [];
  const refused: string[] = [];
  for (const file of files) {
    if (!file.type.startsWith("image/") && !PICTURE_NAME.test(file.name)) {
      refused.push(text.home.notAPhoto(file.name));
    } else if (file.size === 0) {
      refused.push(text.home.emptyFile(file.name));
    } else if (file.size > bytesMax) {
      refused.push(text.home.tooLarge(file.name, Math.floor(bytesMax / 1e6)));
    } else if (accepted.length >= FILES_MAX) {
      refused.push(text.home.tooMany(FILES_MAX));
      break;
    } else {
      accepted.push(file);
    }
  }
  return { accepted, refused };
}

/** Pictures among what was pasted or dropped. */
export function filesOf(transfer: DataTransfer | null): File[] {
  return transfer === null ? [] : [...transfer.files];
}

/** HEIC, AVIF and the like by name, for telling why a picture cannot be shown. */
export function kindOf(name: string, type: string): string {
  const fromName = /\.([a-z0-9]{2,5})$/i.exec(name)?.[1];
  return (fromName ?? type.replace(/^image\//, "") ?? "").toUpperCase();
}
