import { ImageIcon } from "lucide-react";
import { useState } from "react";
import { Link, paths } from "../lib/router";
import { useStore } from "../lib/store";
import { text } from "../text";
import { ProgressBar } from "../ui/ProgressBar";
import { percentOf, phaseWords } from "./phaseWords";
import { UploadButtons } from "./UploadButtons";
import { type LocalUpload, uploads } from "./uploads";

/** The photos on their way. Empty when there are none. */
export function Tray() {
  const all = useStore(uploads).filter(({ phase }) => phase !== "choosing" && phase !== "done");
  if (all.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="on-the-way" className="settle grid gap-3">
      <h2 id="on-the-way" className="text-xl">
        {text.home.onTheWay}
      </h2>
      <ul className="grid gap-2.5 sm:grid-cols-2">
        {all.map((upload) => (
          <li key={upload.id} className="sheet flex items-center gap-3 rounded-2xl p-3">
            <LocalPreview upload={upload} className="size-16 shrink-0 rounded-[2px] object-cover" />
            <div className="grid min-w-0 flex-1 gap-1.5">
              <Link href={paths.upload(upload.id)} className="truncate font-semibold hover:underline">
                {upload.name || text.home.untitled}
              </Link>
              <ProgressBar thin percent={percentOf(upload)} label={upload.name} />
              <p className={`text-sm ${upload.phase === "failed" ? "text-grease" : "text-soft"}`}>
                {phaseWords(upload)}
              </p>
            </div>
            <UploadButtons upload={upload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface LocalPreviewProps {
  upload: LocalUpload;
  className: string;
}

/** The picture from the device, or a stand-in where the browser cannot show it. */
export function LocalPreview({ upload, className }: LocalPreviewProps) {
  const [broken, setBroken] = useState(false);
  if (broken) {
    return (
      <span className={`tray grid place-items-center text-soft ${className}`} aria-hidden>
        <ImageIcon size={26} />
      </span>
    );
  }
  return <img src={upload.previewUrl} alt="" onError={() => setBroken(true)} className={className} />;
}
