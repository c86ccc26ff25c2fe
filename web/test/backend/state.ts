import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Corners } from "../../src/gen/rekindle/common/v1/media_pb";
import type { Tier } from "../../src/gen/rekindle/common/v1/tier_pb";
import type { LedgerEntry } from "../../src/gen/rekindle/credits/v1/account_pb";
import { LedgerEntrySchema, LedgerEntryType } from "../../src/gen/rekindle/credits/v1/account_pb";
import type { Job } from "../../src/gen/rekindle/jobs/v1/job_pb";
import type { Photo } from "../../src/gen/rekindle/jobs/v1/photo_pb";

/** Bytes on their way in. */
export interface StoredUpload {
  id: string;
  filename: string;
  sizeBytes: number;
  content: Buffer;
  corners: Corners | undefined;
  photoId: string;
  open: boolean;
  sessionId: string;
  clientId: string;
}

/** Everything of one user. */
export interface UserState {
  name: string;
  balance: number;
  ledger: LedgerEntry[];
  /** The plan that runs; null where none does. */
  plan: { tier: Tier; ending: boolean } | null;
  uploads: Map<string, StoredUpload>;
  photos: Map<string, Photo>;
  jobs: Map<string, Job>;
  /** Picture files by photo id and variant, `${photoId}/${variant}`. */
  contents: Map<string, Buffer>;
  /** Job or upload by request id. */
  requests: Map<string, string>;
  listeners: Set<(jobId: string) => void>;
  revision: bigint;
}

export function newUser(name: string): UserState {
  const user: UserState = {
    name,
    balance: 0,
    ledger: [],
    plan: null,
    uploads: new Map(),
    photos: new Map(),
    jobs: new Map(),
    contents: new Map(),
    requests: new Map(),
    listeners: new Set(),
    revision: 0n,
  };
  book(user, LedgerEntryType.GRANT, 14, "", "Welcome to Rekindle");
  return user;
}

let counter = 0;

/** Ids that sort by time, shaped as UUIDs. */
export function nextId(): string {
  counter++;
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${counter.toString(16).padStart(12, "0")}`;
}

export function book(user: UserState, type: LedgerEntryType, amount: number, jobId: string, reason: string): void {
  const before = user.balance;
  user.balance += amount;
  user.ledger.unshift(
    create(LedgerEntrySchema, {
      id: nextId(),
      type,
      amount,
      balanceBefore: before,
      balanceAfter: user.balance,
      jobId,
      reason,
      createTime: timestampFromMs(Date.now()),
    }),
  );
}

/** Tells everybody who watches of a photo that came in. */
export function tellOfPhoto(user: UserState, photo: Photo): void {
  for (const listener of [...user.listeners]) {
    listener(`photo:${photo.id}`);
  }
}

/** Stores a job anew and tells everybody who watches. */
export function touch(user: UserState, job: Job): void {
  user.revision++;
  job.revision = user.revision;
  user.jobs.set(job.id, job);
  for (const listener of [...user.listeners]) {
    listener(job.id);
  }
}
