import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { Notice, NotificationsService } from "../../src/gen/rekindle/events/v1/notifications_service_pb";
import { failure } from "./failure";
import { nextId } from "./state";
import type { Users } from "./users";

/** A key of P-256 as VAPID has it; nobody has its other half. */
export const PUSH_KEY = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

/** The token of every link: a link is good for whoever asked for one last. */
export const EMAIL_TOKEN = "x".repeat(43);

/** How one user is told. */
export interface Told {
  subscriptions: { id: string; endpoint: string; p256dh: Uint8Array; auth: Uint8Array; label: string }[];
  preferences: { push: Notice[]; email: Notice[] };
  email: { address: string; confirmMillis: number | null } | null;
}

const ALL = [Notice.JOB_COMPLETED, Notice.JOB_FAILED];

/** The notifications of a backend, by the user's name. */
export class Notified {
  private readonly told = new Map<string, Told>();

  of(name: string): Told {
    let told = this.told.get(name);
    if (told === undefined) {
      told = { subscriptions: [], preferences: { push: ALL, email: ALL }, email: null };
      this.told.set(name, told);
    }
    return told;
  }

  all(): Told[] {
    return [...this.told.values()];
  }
}

function emailOf(told: Told) {
  return (
    told.email && {
      address: told.email.address,
      ...(told.email.confirmMillis === null ? {} : { confirmTime: timestampFromMs(told.email.confirmMillis) }),
    }
  );
}

export function notificationsRoutes(router: ConnectRouter, users: Users, notified: Notified): void {
  router.service(NotificationsService, {
    getNotificationSettings(_, context) {
      const told = notified.of(users.of(context).name);
      const email = emailOf(told);
      return {
        settings: {
          preferences: told.preferences,
          pushPublicKey: PUSH_KEY,
          emailAvailable: true,
          ...(email === null ? {} : { email }),
        },
      };
    },
    updateNotificationPreferences(request, context) {
      const told = notified.of(users.of(context).name);
      told.preferences = { push: request.preferences?.push ?? [], email: request.preferences?.email ?? [] };
      return { preferences: told.preferences };
    },
    registerPushSubscription(request, context) {
      const told = notified.of(users.of(context).name);
      const known = told.subscriptions.find((one) => one.endpoint === request.endpoint);
      const { endpoint, p256dh, auth, label } = request;
      const subscription = known ?? { id: nextId(), endpoint, p256dh, auth, label };
      if (known === undefined) {
        told.subscriptions.push(subscription);
      }
      return { subscription: { id: subscription.id, label } };
    },
    listPushSubscriptions(_, context) {
      return {
        subscriptions: notified.of(users.of(context).name).subscriptions.map(({ id, label }) => ({ id, label })),
      };
    },
    deletePushSubscription(request, context) {
      const told = notified.of(users.of(context).name);
      told.subscriptions = told.subscriptions.filter((one) => one.id !== request.subscriptionId);
      return {};
    },
    setEmailAddress(request, context) {
      const told = notified.of(users.of(context).name);
      told.email = { address: request.address, confirmMillis: null };
      return { email: { address: request.address } };
    },
    deleteEmailAddress(_, context) {
      notified.of(users.of(context).name).email = null;
      return {};
    },
    confirmEmailAddress({ token }) {
      const waiting = notified.all().find((told) => told.email?.confirmMillis === null);
      if (token !== EMAIL_TOKEN || !waiting?.email) {
        throw failure(Code.NotFound, "NOT_FOUND", "This link is not good any more. Ask for a new one.");
      }
      waiting.email.confirmMillis = Date.now();
      return {};
    },
    unsubscribeEmail({ token }) {
      for (const told of notified.all()) {
        told.email = token === EMAIL_TOKEN ? null : told.email;
      }
      return {};
    },
  });
}
