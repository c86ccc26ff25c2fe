import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { JobType } from "../../src/gen/rekindle/common/v1/job_type_pb";
import { MediaMetadataSchema, MediaType } from "../../src/gen/rekindle/common/v1/media_pb";
import { JobProgressSchema, JobSchema, JobState } from "../../src/gen/rekindle/jobs/v1/job_pb";
import {
  type Photo,
  PhotoSchema,
  PhotoState,
  PhotoVariantSchema,
  UploadSchema,
  UploadState,
} from "../../src/gen/rekindle/jobs/v1/photo_pb";
import { PhotosService } from "../../src/gen/rekindle/jobs/v1/photos_service_pb";
import { failure, notFound } from "./failure";
import { pictureFor, sizeOf } from "./pictures";
import { held, type Script } from "./script";
import { nextId, type StoredUpload, tellOfPhoto, touch, type UserState } from "./state";
import type { Users } from "./users";

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

function uploadMessage(upload: StoredUpload) {
  return create(UploadSchema, {
    id: upload.id,
    filename: upload.filename,
    sizeBytes: BigInt(upload.sizeBytes),
    offsetBytes: BigInt(upload.content.length),
    photoId: upload.photoId,
    state: upload.open ? UploadState.OPEN : upload.photoId === "" ? UploadState.ABORTED : UploadState.COMPLETED,
  });
}

/** Prepares a photo as the first pipeline does: the print cut out, and copies of it. */
async function prepare(user: UserState, photo: Photo, script: Script): Promise<void> {
  const job = create(JobSchema, {
    id: photo.preparationJobId,
    photoIds: [photo.id],
    state: JobState.PROCESSING,
    type: JobType.PREPARATION,
    spec: { work: { case: "preparation", value: {} } },
    attempt: 1,
    createTime: timestampFromMs(Date.now()),
  });
  for (const [index, stage] of ["orient", "correct_perspective", "enhance", "make_thumbnails"].entries()) {
    job.progress = create(JobProgressSchema, { percent: index * 25, stage, sequence: BigInt(index), attempt: 1 });
    touch(user, job);
    await pause(script.beatMillis * 3);
    if (index === 2) {
      await held(script, "preparation", user, job);
    }
  }
  const original = user.contents.get(`${photo.id}/original`) ?? Buffer.alloc(0);
  const prepared = pictureFor(photo.filename, "before") ?? original;
  const size = sizeOf(prepared);
  photo.variants = ["prepared", "thumb_150", "thumb_300", "thumb_600"].map((name) => {
    user.contents.set(`${photo.id}/${name}`, prepared);
    return create(PhotoVariantSchema, { name, ...size, contentType: "image/jpeg", sizeBytes: BigInt(prepared.length) });
  });
  photo.state = PhotoState.READY;
  job.state = JobState.COMPLETED;
  touch(user, job);
}

/** PhotosService, as far as the app uses it. */
export function photosRoutes(router: ConnectRouter, users: Users, script: Script): void {
  const uploadOf = (user: UserState, id: string) => {
    const upload = user.uploads.get(id);
    if (upload === undefined) {
      throw notFound("upload", id);
    }
    return upload;
  };

  router.service(PhotosService, {
    createUpload(request, context) {
      const user = users.of(context);
      const known = user.requests.get(request.requestId);
      const upload: StoredUpload = (known === undefined ? undefined : user.uploads.get(known)) ?? {
        id: nextId(),
        filename: request.filename,
        sizeBytes: Number(request.sizeBytes),
        content: Buffer.alloc(0),
        corners: request.corners,
        photoId: "",
        open: true,
        sessionId: users.sessionOf(context) ?? request.sessionId,
        clientId: request.clientId,
      };
      user.uploads.set(upload.id, upload);
      user.requests.set(request.requestId, upload.id);
      return { upload: uploadMessage(upload) };
    },
    getUpload(request, context) {
      return { upload: uploadMessage(uploadOf(users.of(context), request.uploadId)) };
    },
    abortUpload(request, context) {
      const user = users.of(context);
      uploadOf(user, request.uploadId).open = false;
      return {};
    },
    completeUpload(request, context) {
      const user = users.of(context);
      const upload = uploadOf(user, request.uploadId);
      const known = user.photos.get(upload.photoId);
      if (known !== undefined) {
        return { photo: known };
      }
      if (!/^(\xff\xd8|\x89PNG|RIFF|GIF8)/.test(upload.content.subarray(0, 4).toString("latin1"))) {
        upload.open = false;
        throw failure(Code.InvalidArgument, "UNSUPPORTED_MEDIA", "the content is of no type we accept");
      }
      const photo = create(PhotoSchema, {
        id: nextId(),
        userId: user.name,
        state: PhotoState.PREPARING,
        filename: upload.filename,
        metadata: create(MediaMetadataSchema, {
          type: MediaType.JPEG,
          sizeBytes: BigInt(upload.content.length),
          ...sizeOf(upload.content),
        }),
        ...(upload.corners === undefined ? {} : { corners: upload.corners }),
        preparationJobId: nextId(),
        sessionId: upload.sessionId,
        clientId: upload.clientId,
        createTime: timestampFromMs(Date.now()),
      });
      upload.photoId = photo.id;
      upload.open = false;
      user.photos.set(photo.id, photo);
      user.contents.set(`${photo.id}/original`, upload.content);
      tellOfPhoto(user, photo);
      void prepare(user, photo, script);
      return { photo };
    },
    getPhoto(request, context) {
      const photo = users.of(context).photos.get(request.photoId);
      if (photo === undefined) {
        throw notFound("photo", request.photoId);
      }
      return { photo };
    },
    listPhotos(request, context) {
      const all = [...users.of(context).photos.values()].reverse();
      const from = Number(request.pageToken || "0");
      const to = from + (request.pageSize || 20);
      return { photos: all.slice(from, to), nextPageToken: to < all.length ? String(to) : "" };
    },
    createHandoff({ sessionId }, context) {
      const code = users.handOff(users.of(context), sessionId);
      const expireTime = timestampFromMs(Date.now() + 5 * 60_000);
      return { handoff: { code, url: `/phone#${code}`, sessionId, expireTime } };
    },
    claimHandoff({ code }) {
      const claimed = users.claim(code);
      if (claimed === null) {
        throw failure(Code.NotFound, "NOT_FOUND", "This code is not good: it was used, or it has expired.");
      }
      return { ...claimed, expireTime: timestampFromMs(Date.now() + 60_000), uploadsMax: 3 };
    },
    deletePhoto(request, context) {
      const user = users.of(context);
      if (!user.photos.delete(request.photoId)) {
        throw notFound("photo", request.photoId);
      }
      for (const job of [...user.jobs.values()]) {
        if (job.photoIds.includes(request.photoId)) {
          user.jobs.delete(job.id);
        }
      }
      return {};
    },
  });
}
