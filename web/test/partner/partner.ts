import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  apiKeysServiceCreateApiKey,
  jobsServiceCreateJob,
  jobsServiceGetJob,
  jobsServiceListJobs,
  jobsServiceWatchJob,
  photosServiceReadPhotoContent,
  photosServiceUploadPhoto,
} from "./dist/client";
import { createClient, createConfig } from "./dist/client/client";

/** What a partner has in the end. */
export interface Restored {
  jobId: string;
  /** The states it was seen in, in order. */
  states: string[];
  picture: Blob;
}

function connect(address: string, credential: string) {
  return createClient(createConfig({ baseUrl: address, auth: credential, throwOnError: true }));
}

/** Makes a key for programs of a user who is signed in. */
export async function makeKey(address: string, token: string): Promise<string> {
  const { data } = await apiKeysServiceCreateApiKey({
    client: connect(address, token),
    body: { name: "partner", scopes: ["jobs:read", "jobs:write", "photos:read", "photos:write"] },
    throwOnError: true,
  });
  if (data.secret === undefined) {
    throw new Error("no secret was shown");
  }
  return data.secret;
}

/** Uploads a picture, has it restored, waits, and downloads the result: all by the generated client. */
export async function restore(address: string, key: string, file: string): Promise<Restored> {
  const client = connect(address, key);
  const { data: photo } = await photosServiceUploadPhoto({
    client,
    body: { file: new File([await readFile(file)], basename(file), { type: "image/jpeg" }) },
    throwOnError: true,
  });
  const { data: job } = await jobsServiceCreateJob({
    client,
    headers: { "Idempotency-Key": `restore-${photo.id}` },
    body: { photoIds: [photo.id ?? ""], spec: { restoration: { restore: true } } },
    throwOnError: true,
  });
  const path = { job_id: job.id ?? "" };
  const states: string[] = [];
  const { stream } = await jobsServiceWatchJob({ client, path });
  for await (const message of stream) {
    const state = message.job?.state;
    if (state !== undefined && state !== states.at(-1)) {
      states.push(state);
    }
  }
  const { data: ended } = await jobsServiceGetJob({ client, path, throwOnError: true });
  const { data: picture } = await photosServiceReadPhotoContent({
    client,
    path: { photo_id: photo.id ?? "" },
    query: { variant: ended.outputs?.[0]?.id ?? "" },
    throwOnError: true,
    parseAs: "blob",
  });
  return { jobId: path.job_id, states, picture: picture as Blob };
}

/** The problem a call with that credential is refused with. */
export async function refusal(address: string, key: string) {
  const { error } = await jobsServiceListJobs({ client: connect(address, key), throwOnError: false });
  return error;
}
