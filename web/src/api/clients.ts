import { type Client, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { freshToken, tokenRefused } from "../auth/session";
import { AccountDataService } from "../gen/rekindle/credits/v1/account_data_service_pb";
import { BillingService } from "../gen/rekindle/credits/v1/billing_service_pb";
import { CreditsService } from "../gen/rekindle/credits/v1/credits_service_pb";
import { EventsService } from "../gen/rekindle/events/v1/events_service_pb";
import { NotificationsService } from "../gen/rekindle/events/v1/notifications_service_pb";
import { JobsService } from "../gen/rekindle/jobs/v1/jobs_service_pb";
import { PhotosService } from "../gen/rekindle/jobs/v1/photos_service_pb";
import { ProcessingService } from "../gen/rekindle/processing/v1/processing_service_pb";
import { decodeError } from "./errors";
import { retrying } from "./retry";

const UNARY_TIMEOUT_MILLIS = 20_000;

/** Adds the token of who is signed in, and notices when it is no longer taken. */
const signedIn: Interceptor = (next) => async (request) => {
  const token = await freshToken();
  if (token !== null) {
    request.header.set("authorization", `Bearer ${token}`);
  }
  try {
    return await next(request);
  } catch (thrown) {
    const { reason } = decodeError(thrown);
    if (token !== null && (reason === "UNAUTHENTICATED" || reason === "CREDENTIALS_EXPIRED")) {
      tokenRefused(token);
    }
    throw thrown;
  }
};

/** Every service the app talks to. */
export interface Clients {
  photos: Client<typeof PhotosService>;
  jobs: Client<typeof JobsService>;
  credits: Client<typeof CreditsService>;
  billing: Client<typeof BillingService>;
  accountData: Client<typeof AccountDataService>;
  processing: Client<typeof ProcessingService>;
  events: Client<typeof EventsService>;
  notifications: Client<typeof NotificationsService>;
}

export function clientsOver(transport: Transport): Clients {
  return {
    photos: createClient(PhotosService, transport),
    jobs: createClient(JobsService, transport),
    credits: createClient(CreditsService, transport),
    billing: createClient(BillingService, transport),
    accountData: createClient(AccountDataService, transport),
    processing: createClient(ProcessingService, transport),
    events: createClient(EventsService, transport),
    notifications: createClient(NotificationsService, transport),
  };
}

/** gRPC-Web to the origin the page came from. */
function transportWith(...interceptors: Interceptor[]): Transport {
  return createGrpcWebTransport({
    baseUrl: globalThis.location?.origin ?? "http://localhost",
    useBinaryFormat: true,
    defaultTimeoutMs: UNARY_TIMEOUT_MILLIS,
    interceptors: [retrying(), ...interceptors],
  });
}

export const api: Clients = clientsOver(transportWith(signedIn));

/** Photos as a phone reaches them that was handed a code: without signing in, and with a token of its own once it has one. */
export function photosOfPhone(token: string | null): Client<typeof PhotosService> {
  const bearing: Interceptor = (next) => (request) => {
    if (token !== null) {
      request.header.set("authorization", `Bearer ${token}`);
    }
    return next(request);
  };
  return createClient(PhotosService, transportWith(bearing));
}

/** Streams have no deadline of their own: they end with the job or the page. */
export const ENDLESS = { timeoutMs: 0 };
