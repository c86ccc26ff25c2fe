import { useEffect, useRef, useState } from "react";
import { navigate, paths } from "../lib/router";
import { useStore } from "../lib/store";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button, ButtonLink } from "../ui/Button";
import { remove, send, uploads } from "../uploads/uploads";
import { CropOne } from "./CropOne";
import type { Corners } from "./geometry";

/** The pictures that wait for cropping, one after the other. */
export default function CropPage() {
  const waiting = useStore(uploads).filter(({ phase }) => phase === "choosing");
  const [handled, setHandled] = useState(0);
  const leaving = useRef(false);
  const first = waiting[0];

  useEffect(() => {
    // Reached by the back button, or reloaded: nothing waits any more.
    if (first === undefined && !leaving.current) {
      navigate(paths.home, { replace: true });
    }
  }, [first]);

  if (first === undefined) {
    return (
      <div className="grid justify-items-center gap-4 py-16">
        <p>{text.crop.nothing}</p>
        <ButtonLink href={paths.home}>{text.errors.home}</ButtonLink>
      </div>
    );
  }

  const count = handled + waiting.length;
  const leaveTo = (path: string) => {
    leaving.current = true;
    navigate(path, { replace: true });
  };
  const decide = (corners: Corners | null) => {
    const last = waiting.length === 1;
    send(first.id, corners);
    setHandled(handled + 1);
    if (last) {
      leaveTo(count === 1 ? paths.upload(first.id) : paths.home);
    }
  };
  const leaveOut = () => {
    const last = waiting.length === 1;
    if (last) {
      leaveTo(paths.home);
    }
    remove(first.id);
  };
  const findAll = () => {
    for (const { id } of waiting) {
      send(id, null);
    }
    leaveTo(paths.home);
  };

  return (
    <div className="mx-auto grid max-w-4xl gap-5">
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="grid gap-1">
          {count > 1 && <p className="font-semibold text-ember">{text.crop.counted(handled + 1, count)}</p>}
          <PageTitle>{text.crop.title}</PageTitle>
        </div>
      </div>
      <CropOne key={first.id} upload={first} last={waiting.length === 1} onDecide={decide} onLeaveOut={leaveOut} />
      {waiting.length > 1 && (
        <Button size="small" look="quiet" className="justify-self-center" onClick={findAll}>
          {text.crop.autoAll(waiting.length)}
        </Button>
      )}
    </div>
  );
}
