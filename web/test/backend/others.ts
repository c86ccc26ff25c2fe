import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { JobType } from "../../src/gen/rekindle/common/v1/job_type_pb";
import { Resolution, Tier } from "../../src/gen/rekindle/common/v1/tier_pb";
import {
  BillingInterval,
  BillingService,
  SubscriptionState,
} from "../../src/gen/rekindle/credits/v1/billing_service_pb";
import { CreditsService } from "../../src/gen/rekindle/credits/v1/credits_service_pb";
import { EventsService } from "../../src/gen/rekindle/events/v1/events_service_pb";
import { JobState } from "../../src/gen/rekindle/jobs/v1/job_pb";
import { EngineState, ProcessingService } from "../../src/gen/rekindle/processing/v1/processing_service_pb";
import { failure } from "./failure";
import { PRICES } from "./jobs";
import type { UserState } from "./state";
import type { Users } from "./users";

const FREE = { tier: Tier.FREE, resolutionMax: Resolution.RESOLUTION_480P, watermark: true, openJobsMax: 2 };
const PAID = { resolutionMax: Resolution.RESOLUTION_720P, watermark: false, openJobsMax: 8 };

function usd(units: number, nanos = 0) {
  return { currencyCode: "USD", units: BigInt(units), nanos };
}

function subscriptionOf({ plan }: UserState) {
  if (plan === null) {
    return { state: SubscriptionState.NONE };
  }
  return {
    state: plan.ending ? SubscriptionState.ENDING : SubscriptionState.ACTIVE,
    tier: plan.tier,
    interval: BillingInterval.MONTH,
    periodEndTime: timestampFromMs(Date.UTC(2031, 4, 17, 12)),
  };
}

/** Credits, plans, engines and events, as far as the app uses them. */
export function otherRoutes(router: ConnectRouter, users: Users, streams: { drop: AbortController }): void {
  router.service(CreditsService, {
    getAccount(_, context) {
      const user = users.of(context);
      return {
        account: {
          userId: user.name,
          tier: user.plan?.tier ?? Tier.FREE,
          balance: user.balance,
          limits: { ...FREE, uploadBytesMax: 50_000_000n },
          prices: Object.entries(PRICES).map(([type, credits]) => ({ jobType: Number(type) as JobType, credits })),
          monthlyGrant: 3,
          nextGrantTime: timestampFromMs(Date.now() + 12 * 86_400_000),
        },
      };
    },
    listLedgerEntries(request, context) {
      const all = users.of(context).ledger;
      const from = Number(request.pageToken || "0");
      const to = from + (request.pageSize || 20);
      return { entries: all.slice(from, to), nextPageToken: to < all.length ? String(to) : "" };
    },
  });

  router.service(BillingService, {
    listPlans() {
      return {
        plans: [
          { tier: Tier.FREE, title: "Free", monthlyCredits: 3, monthlyPrice: usd(0), limits: FREE },
          {
            tier: Tier.REMEMBER,
            title: "Remember",
            monthlyCredits: 25,
            monthlyPrice: usd(9, 990_000_000),
            annualPrice: usd(99),
            limits: { ...PAID, tier: Tier.REMEMBER },
          },
          {
            tier: Tier.CHERISH,
            title: "Cherish",
            monthlyCredits: 60,
            monthlyPrice: usd(19, 990_000_000),
            annualPrice: usd(199),
            limits: { ...PAID, tier: Tier.CHERISH },
          },
          {
            tier: Tier.FOREVER,
            title: "Forever",
            monthlyCredits: 150,
            monthlyPrice: usd(39, 990_000_000),
            annualPrice: usd(399),
            limits: { ...PAID, tier: Tier.FOREVER, openJobsMax: 20 },
          },
        ],
        topUps: [
          { id: "small", credits: 10, price: usd(4, 990_000_000) },
          { id: "medium", credits: 30, price: usd(12, 990_000_000) },
          { id: "large", credits: 100, price: usd(39, 990_000_000) },
        ],
        testMode: false,
      };
    },
    getSubscription(_, context) {
      return { subscription: subscriptionOf(users.of(context)) };
    },
    cancelSubscription({ preview }, context) {
      const user = users.of(context);
      if (user.plan !== null && !preview) {
        user.plan.ending = true;
      }
      return { subscription: subscriptionOf(user), creditsLost: user.balance };
    },
    createCheckout() {
      throw failure(Code.Unimplemented, "UNIMPLEMENTED", "payments are not set up");
    },
  });

  router.service(ProcessingService, {
    listEngines() {
      return {
        engines: [
          {
            name: "embedded",
            state: EngineState.READY,
            jobTypes: [JobType.RESTORATION, JobType.COLOURIZATION, JobType.COMBINED],
            promises: {
              RESTORATION:
                "Finds scratches and dust, mends them, clears up noise and brings faded greys back. Faces stay as they are.",
              COLOURIZATION: "Tints skin and lips and tones the rest warm. Your colour hints make it much better.",
              COMBINED: "Mends the photo first, then tints it. Your colour hints make the colours much better.",
            },
          },
        ],
      };
    },
  });

  router.service(EventsService, {
    async *subscribe(_, context) {
      const user = users.of(context);
      let wake: () => void = () => undefined;
      const queue: string[] = [];
      const listener = (jobId: string) => {
        queue.push(jobId);
        wake();
      };
      user.listeners.add(listener);
      const { signal: drop } = streams.drop;
      context.signal.addEventListener("abort", () => wake());
      drop.addEventListener("abort", () => wake());
      try {
        yield { message: { case: "ready" as const, value: { resumeAfter: "event-0" } } };
        while (!context.signal.aborted && !drop.aborted) {
          const jobId = queue.shift();
          if (jobId === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
            continue;
          }
          if (jobId === "credits") {
            const credits = { amount: 1, balance: user.balance, reason: "Granted" };
            const payload = { case: "credits" as const, value: credits };
            yield { message: { case: "event" as const, value: { id: "event-c", type: "credits.granted", payload } } };
            continue;
          }
          const photo = user.photos.get(jobId.replace(/^photo:/, ""));
          if (photo !== undefined) {
            const { id: photoId, sessionId, clientId } = photo;
            const value = { id: `event-${jobId}`, type: "photo.uploaded", photoId, sessionId, clientId };
            yield { message: { case: "event" as const, value } };
            continue;
          }
          const job = user.jobs.get(jobId);
          if (job === undefined) {
            continue;
          }
          const ended = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED].includes(job.state);
          const preparation = job.type === JobType.PREPARATION;
          const type = preparation
            ? `photo.processing.${ended ? "completed" : "started"}`
            : ended
              ? "job.completed"
              : "job.progress";
          yield { message: { case: "event" as const, value: { id: `event-${job.revision}`, type, jobId } } };
        }
      } finally {
        user.listeners.delete(listener);
      }
    },
  });
}
