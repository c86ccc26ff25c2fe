import type { Corners } from "../crop/geometry";

/** An upload that has not ended, as it is kept on the device for the next visit. */
export interface PendingUpload {
  id: string;
  /** Whose it is: another person on the same device never sends it. */
  owner: string;
  name: string;
  content: Blob;
  corners: Corners | null;
  uploadId: string | null;
  paused: boolean;
}

const DATABASE = "rekindle";
const TABLE = "uploads";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inTable<T>(mode: IDBTransactionMode, work: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode);
      const request = work(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Storage on the device is a help, not a promise: private windows and full disks refuse it. */
export const pending = {
  async keep(upload: PendingUpload): Promise<void> {
    await inTable("readwrite", (table) => table.put(upload)).catch(() => undefined);
  },
  async forget(id: string): Promise<void> {
    await inTable("readwrite", (table) => table.delete(id)).catch(() => undefined);
  },
  async of(owner: string): Promise<PendingUpload[]> {
    const all = await inTable<PendingUpload[]>("readonly", (table) => table.getAll()).catch(() => []);
    return all.filter((upload) => upload.owner === owner);
  },
};
