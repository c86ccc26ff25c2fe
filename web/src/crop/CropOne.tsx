import { ImageOff, RotateCcw } from "lucide-react";
import { useState } from "react";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Segmented } from "../ui/Segmented";
import { kindOf } from "../uploads/accept";
import type { LocalUpload } from "../uploads/uploads";
import { CropStage } from "./CropStage";
import { type Corners, inset } from "./geometry";
import { Straightened } from "./Straightened";

type Mode = "auto" | "hand" | "whole";

const START = inset(0.08);

interface CropOneProps {
  upload: LocalUpload;
  last: boolean;
  /** Null: the server finds the corners. */
  onDecide: (corners: Corners | null) => void;
  onLeaveOut: () => void;
}

/** Cropping one picture: by hand, by the server, or not at all. */
export function CropOne({ upload, last, onDecide, onLeaveOut }: CropOneProps) {
  const [mode, setMode] = useState<Mode>("auto");
  const [corners, setCorners] = useState<Corners>(START);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [broken, setBroken] = useState(false);

  const shown = mode === "whole" ? inset(0) : corners;
  const decide = () => onDecide(broken || mode === "auto" ? null : shown);
  const hints: Record<Mode, string> = {
    auto: text.crop.autoHint,
    hand: text.crop.handHint,
    whole: text.crop.wholeHint,
  };

  return (
    <div className={`grid gap-5 ${broken ? "" : "md:grid-cols-[1fr_16rem] md:gap-8"}`}>
      {broken ? (
        <CannotShow kind={kindOf(upload.name, upload.content.type)} />
      ) : (
        <CropStage
          url={upload.previewUrl}
          corners={shown}
          faint={mode === "auto"}
          onLoad={setSize}
          onBroken={() => setBroken(true)}
          onChange={(next) => {
            setCorners(next);
            setMode("hand");
          }}
        />
      )}
      <div className="grid content-start gap-5">
        {!broken && (
          <div className="grid gap-2">
            <Segmented
              quiet
              legend={text.crop.modeLegend}
              value={mode}
              onChange={setMode}
              choices={[
                { value: "auto", label: text.crop.modes.auto },
                { value: "hand", label: text.crop.modes.hand },
                { value: "whole", label: text.crop.modes.whole },
              ]}
            />
            <p className="min-h-12 text-sm text-soft">
              {hints[mode]}{" "}
              {mode === "hand" && <span className="hidden pointer-fine:inline">{text.crop.handHintKeys}</span>}
            </p>
          </div>
        )}
        {!broken && mode === "hand" && size !== null && (
          <HandTools upload={upload} corners={corners} picture={size} onReset={() => setCorners(START)} />
        )}
        <div className="fixed inset-x-0 bottom-0 z-20 flex gap-2 bg-paper p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-bar md:static md:grid md:bg-transparent md:p-0 md:shadow-none">
          <Button look="flame" size="large" className="flex-1" onClick={decide}>
            {last ? text.crop.send : text.crop.next}
          </Button>
          <Button look="quiet" className="shrink-0" onClick={onLeaveOut}>
            {text.crop.leaveOut}
          </Button>
        </div>
      </div>
    </div>
  );
}

interface HandToolsProps {
  upload: LocalUpload;
  corners: Corners;
  picture: { width: number; height: number };
  onReset: () => void;
}

function HandTools({ upload, corners, picture, onReset }: HandToolsProps) {
  return (
    <div className="grid gap-3">
      <div className="grid gap-3 max-md:hidden">
        <p className="text-sm font-semibold">{text.crop.preview}</p>
        <Straightened url={upload.previewUrl} corners={corners} picture={picture} widthMax={220} heightMax={220} />
      </div>
      <Button size="small" className="justify-self-start" icon={<RotateCcw size={16} aria-hidden />} onClick={onReset}>
        {text.crop.reset}
      </Button>
    </div>
  );
}

function CannotShow({ kind }: { kind: string }) {
  return (
    <div className="tray grid justify-items-center gap-3 rounded-3xl px-6 py-14 text-center">
      <ImageOff size={44} className="text-soft" aria-hidden />
      <p className="font-display text-xl">{text.crop.cannotShow}</p>
      <p className="max-w-md text-soft">{text.crop.cannotShowHint(kind)}</p>
    </div>
  );
}
