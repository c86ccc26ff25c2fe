import { Mail } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import type { EmailAddress } from "../gen/rekindle/events/v1/notifications_service_pb";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";

interface EmailAddressFormProps {
  email: EmailAddress | undefined;
  onChange: () => void;
}

/** Where e-mail goes: given here, and confirmed by a link sent there. */
export function EmailAddressForm({ email, onChange }: EmailAddressFormProps) {
  const [address, setAddress] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  const run = async (call: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await call();
      onChange();
    } catch (thrown) {
      setError(decodeError(thrown));
    }
    setBusy(false);
  };
  const send = (to: string) => run(() => api.notifications.setEmailAddress({ address: to }));

  return (
    <div className="grid gap-2">
      <div>
        <h3 className="font-sans font-semibold">{text.notices.email}</h3>
        <p role="status" className="text-sm text-soft">
          {email === undefined
            ? text.notices.emailLead
            : email.confirmTime === undefined
              ? text.notices.emailWaiting(email.address)
              : text.notices.emailOn(email.address)}
        </p>
      </div>
      {email === undefined ? (
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void send(address.trim());
          }}
        >
          <label className="grid min-w-0 flex-1 gap-1.5">
            <span className="text-sm font-semibold">{text.notices.emailLabel}</span>
            <input
              type="email"
              required
              maxLength={254}
              autoComplete="email"
              value={address}
              onChange={(event) => setAddress(event.target.value)}
              className="min-h-12 w-full rounded-xl bg-board px-4 ring-1 ring-edge"
            />
          </label>
          <Button type="submit" disabled={busy} icon={<Mail size={20} aria-hidden />}>
            {text.notices.emailSend}
          </Button>
        </form>
      ) : (
        <div className="flex flex-wrap gap-2">
          {email.confirmTime === undefined && (
            <Button size="small" disabled={busy} onClick={() => void send(email.address)}>
              {text.notices.emailAgain}
            </Button>
          )}
          <Button
            size="small"
            look="quiet"
            disabled={busy}
            onClick={() => void run(() => api.notifications.deleteEmailAddress({}))}
          >
            {text.notices.emailRemove}
          </Button>
        </div>
      )}
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
}
