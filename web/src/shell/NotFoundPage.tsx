import { paths } from "../lib/router";
import { text } from "../text";
import { ButtonLink } from "../ui/Button";
import { PageTitle } from "./Shell";

/** An address that leads nowhere, or to what is not the caller's. */
export function NotFoundPage() {
  return (
    <div className="mx-auto grid max-w-md justify-items-center gap-5 py-16 text-center">
      <div className="print w-32 rotate-[4deg]" aria-hidden>
        <div className="tray aspect-square" />
      </div>
      <PageTitle>{text.errors.notFoundTitle}</PageTitle>
      <p className="text-soft">{text.errors.notFound}</p>
      <ButtonLink look="flame" href={paths.home}>
        {text.errors.home}
      </ButtonLink>
    </div>
  );
}
