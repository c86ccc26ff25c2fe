import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "../api/clients";
import { forgetContent } from "../api/content";
import { type AppError, decodeError } from "../api/errors";
import { navigate, paths } from "../lib/router";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/ErrorNote";

/** Deletes a photo with everything made of it, after a question. */
export function DeletePhoto({ photoId }: { photoId: string }) {
  const [asking, setAsking] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  const deletePhoto = async () => {
    setDeleting(true);
    setError(null);
    try {
      await api.photos.deletePhoto({ photoId });
      forgetContent(photoId);
      navigate(paths.home, { replace: true });
    } catch (thrown) {
      setError(decodeError(thrown));
      setDeleting(false);
    }
  };

  return (
    <>
      <Button size="small" look="quiet" icon={<Trash2 size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {text.photo.delete}
      </Button>
      <Dialog open={asking} title={text.photo.deleteTitle} onClose={() => setAsking(false)}>
        <p>{text.photo.deleteBody}</p>
        {error !== null && <ErrorNote error={error} />}
        <div className="grid gap-2 sm:grid-cols-2">
          <Button onClick={() => setAsking(false)}>{text.app.cancel}</Button>
          <Button look="danger" disabled={deleting} onClick={deletePhoto}>
            {text.photo.deleteYes}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
