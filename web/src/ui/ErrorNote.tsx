import { CircleAlert } from "lucide-react";
import type { AppError } from "../api/errors";
import { text } from "../text";
import { Button } from "./Button";

interface ErrorNoteProps {
  error: AppError;
  onRetry?: (() => void) | undefined;
}

/** What went wrong, in plain words, with the fields that were refused and a way to go on. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <div role="alert" className="settle flex gap-3 rounded-2xl bg-grease-wash p-4 text-grease ring-1 ring-grease/40">
      <CircleAlert className="mt-0.5 shrink-0" size={22} aria-hidden />
      <div className="grid min-w-0 gap-2">
        <p className="font-semibold">{error.message}</p>
        {error.violations.length > 0 && (
          <ul className="list-disc pl-5 text-sm">
            {error.violations.map((violation) => (
              <li key={`${violation.field}: ${violation.description}`}>
                {violation.field === "" ? violation.description : `${violation.field}: ${violation.description}`}
              </li>
            ))}
          </ul>
        )}
        {error.reason === "INTERNAL" && error.requestId !== "" && (
          <p className="text-sm break-all">{text.app.reference(error.requestId)}</p>
        )}
        {onRetry && (
          <Button size="small" look="plain" className="justify-self-start" onClick={onRetry}>
            {text.app.retry}
          </Button>
        )}
      </div>
    </div>
  );
}
