import { Camera, ImagePlus } from "lucide-react";
import { type ChangeEvent, type DragEvent, useCallback, useEffect, useRef, useState } from "react";
import { useAccount } from "../api/account";
import { navigate, paths } from "../lib/router";
import { PhoneButton } from "../phone/PhoneDialog";
import { text } from "../text";
import { announce } from "../ui/announce";
import { Button } from "../ui/Button";
import { ACCEPT, acceptFiles, BYTES_MAX, filesOf } from "../uploads/accept";
import { addPictures } from "../uploads/uploads";

function useBytesMax(): number {
  const allowed = Number(useAccount()?.limits?.uploadBytesMax ?? 0n);
  return allowed > 0 ? allowed : BYTES_MAX;
}

/** Files that are dropped anywhere on the page, or pasted into it. */
function useDroppedAndPasted(take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const carriesFiles = (event: globalThis.DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: globalThis.DragEvent) => {
      if (carriesFiles(event)) {
        depth++;
        setOver(true);
      }
    };
    const leave = (event: globalThis.DragEvent) => {
      if (carriesFiles(event)) {
        depth = Math.max(0, depth - 1);
        setOver(depth > 0);
      }
    };
    const overPage = (event: globalThis.DragEvent) => carriesFiles(event) && event.preventDefault();
    const drop = (event: globalThis.DragEvent) => {
      event.preventDefault();
      depth = 0;
      setOver(false);
      take(filesOf(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData);
      if (files.length > 0) {
        event.preventDefault();
        take(files);
      }
    };
    document.addEventListener("dragenter", enter);
    document.addEventListener("dragleave", leave);
    document.addEventListener("dragover", overPage);
    document.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("dragenter", enter);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("dragover", overPage);
      document.removeEventListener("drop", drop);
      document.removeEventListener("paste", paste);
    };
  }, [take]);
  return over;
}

interface UploadBoxProps {
  /** Leaves room for the photos that are there already. */
  compact: boolean;
}

/** Where photos come in: by gallery, camera, drop or paste. */
export function UploadBox({ compact }: UploadBoxProps) {
  const bytesMax = useBytesMax();
  const [refused, setRefused] = useState<string[]>([]);
  const gallery = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);

  const take = useCallback(
    (files: File[]) => {
      const sorted = acceptFiles(files, bytesMax);
      setRefused(sorted.refused);
      announce(sorted.refused.join(" "));
      if (sorted.accepted.length > 0) {
        addPictures(sorted.accepted);
        navigate(paths.add);
      }
    },
    [bytesMax],
  );
  const over = useDroppedAndPasted(take);

  const picked = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    // The same picture may be chosen again.
    event.target.value = "";
    take(files);
  };

  return (
    <section aria-label={text.home.drop} onDragOver={(event: DragEvent) => event.preventDefault()}>
      <div
        className={`tray relative grid justify-items-center gap-4 overflow-hidden rounded-[2rem] px-5 text-center transition ${over ? "ring-4 ring-flame" : ""} ${compact ? "py-5 md:grid-cols-[auto_1fr_auto] md:items-center md:justify-items-start md:gap-x-7 md:px-8 md:py-6 md:text-left" : "py-8 md:py-10"}`}
      >
        <div className={compact ? "max-md:hidden md:row-span-2 md:scale-90" : ""}>
          <Stack lifted={over} />
        </div>
        <div className="grid gap-1">
          <h2 className={compact ? "text-2xl" : "text-2xl md:text-3xl"}>{over ? text.home.dropNow : text.home.drop}</h2>
          <p className="hidden text-soft pointer-fine:block">{text.home.dropHint}</p>
          <p className="text-soft pointer-fine:hidden">{text.home.dropHintPhone}</p>
        </div>
        <div
          className={`flex w-full max-w-md flex-col justify-center gap-3 sm:flex-row ${compact ? "md:row-span-2 md:w-auto" : ""}`}
        >
          <Button
            look="flame"
            size="large"
            icon={<ImagePlus size={22} aria-hidden />}
            onClick={() => gallery.current?.click()}
          >
            {text.home.choose}
          </Button>
          <Button
            size="large"
            className="pointer-fine:hidden"
            icon={<Camera size={22} aria-hidden />}
            onClick={() => camera.current?.click()}
          >
            {text.home.camera}
          </Button>
          <PhoneButton />
        </div>
        <p className={`text-sm text-soft ${compact ? "max-md:hidden md:col-start-2 md:self-start" : ""}`}>
          {text.home.formats(Math.floor(bytesMax / 1e6))}
        </p>
        <input ref={gallery} type="file" accept={ACCEPT} multiple hidden onChange={picked} data-testid="gallery" />
        <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={picked} />
      </div>
      <Refused reasons={refused} />
    </section>
  );
}

/** Why some files were left out. */
function Refused({ reasons }: { reasons: readonly string[] }) {
  return reasons.length === 0 ? null : (
    <ul className="mt-3 grid gap-1 rounded-2xl bg-flame-wash px-4 py-3 text-sm">
      {reasons.map((words) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  );
}

/** Three prints on top of each other, in the box. */
function Stack({ lifted }: { lifted: boolean }) {
  const base = "print absolute inset-0 transition duration-500 ease-settle";
  return (
    <div className="relative h-24 w-24 md:h-28 md:w-28" aria-hidden>
      <div className={`${base} ${lifted ? "-translate-x-6 -rotate-24" : "-translate-x-3 -rotate-12"}`}>
        <div className="size-full bg-[linear-gradient(160deg,#b8a88f,#6f5f4c)]" />
      </div>
      <div className={`${base} ${lifted ? "translate-x-6 rotate-24" : "translate-x-3 rotate-9"}`}>
        <div className="size-full bg-[linear-gradient(160deg,#cdbb9c,#8a745a)]" />
      </div>
      <div className={`${base} ${lifted ? "-translate-y-3" : ""} rotate-[-2deg]`}>
        <div className="grid size-full place-items-end overflow-hidden bg-[linear-gradient(180deg,#f7d48f,#f3a62b_55%,#8a4a06)]">
          <div className="h-1/2 w-full bg-[#4a2a0c] [clip-path:polygon(0_70%,28%_22%,46%_58%,70%_8%,100%_64%,100%_100%,0_100%)]" />
        </div>
      </div>
    </div>
  );
}
