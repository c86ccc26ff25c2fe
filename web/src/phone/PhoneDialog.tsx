import { Smartphone } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Loading } from "../ui/Loading";

const PhoneCode = lazy(() => import("./PhoneCode"));

/** The button that hands this visit to a phone. */
export function PhoneButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="large"
        className="hidden pointer-fine:inline-flex"
        icon={<Smartphone size={22} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {text.phone.open}
      </Button>
      <Dialog open={open} title={text.phone.title} onClose={() => setOpen(false)}>
        {open && (
          <Suspense fallback={<Loading />}>
            <PhoneCode onDone={() => setOpen(false)} />
          </Suspense>
        )}
      </Dialog>
    </>
  );
}
