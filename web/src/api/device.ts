import { newId } from "../lib/ids";
import { deviceStorage, tabStorage } from "../lib/storage";

function kept(storage: typeof deviceStorage, key: string): () => string {
  let id: string | null = null;
  return () => {
    id ??= storage.read(key);
    if (id === null) {
      id = newId();
      storage.write(key, id);
    }
    return id;
  };
}

/** This device, in the events of the mesh. */
export const clientId = kept(deviceStorage, "rekindle.client");
/** This visit in this tab. */
export const sessionId = kept(tabStorage, "rekindle.session");
