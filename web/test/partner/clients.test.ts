import { EventSource } from "eventsource";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { Rekindle } from "../e2e/rekindle";

interface Told {
  id: string;
  type: string;
}

/** Whatever is to come, however busy the machine is. */
const soon = { timeout: 60_000, interval: 50 };

let rekindle: Rekindle;

beforeAll(async () => {
  rekindle = await Rekindle.start();
});

afterAll(async () => {
  expect(await rekindle?.stop()).toEqual([]);
});

/** Changes a user's balance, which is told in the user's room. */
async function grant(user: string, reason: string): Promise<void> {
  const answer = await fetch(`${rekindle.address}/v1/admin/credits:grant`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${rekindle.token("operator", "--role", "admin")}`,
      "Content-Type": "application/json",
      "Idempotency-Key": `${user}-${reason.replaceAll(" ", "-")}`,
    },
    body: JSON.stringify({ userId: user, amount: 1, reason }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

/** The ids of what the log has for a user. */
async function log(user: string): Promise<string[]> {
  const answer = await fetch(`${rekindle.address}/v1/events:list?rooms=user&types=credits.*`, {
    headers: { Authorization: `Bearer ${rekindle.token(user)}` },
  });
  const { events } = (await answer.json()) as { events: Told[] };
  return events.map(({ id }) => id);
}

/** The npm package eventsource, with the one thing a browser's has not: a header for the token. */
function eventSource(user: string): { source: EventSource; told: Told[]; opened: () => number } {
  const token = rekindle.token(user);
  const source = new EventSource(`${rekindle.address}/v1/events?rooms=user&types=credits.*`, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
  });
  const told: Told[] = [];
  let opened = 0;
  source.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data) as { event?: Told; ready?: object };
    opened += message.ready ? 1 : 0;
    if (message.event) {
      told.push(message.event);
    }
  });
  return { source, told, opened: () => opened };
}

/** The npm package ws. */
async function webSocket(token: string): Promise<{ socket: WebSocket; said: Record<string, unknown>[] }> {
  const socket = new WebSocket(`${rekindle.address.replace("http", "ws")}/v1/events/ws`, ["rekindle.v1"]);
  const said: Record<string, unknown>[] = [];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data));
    if (message.type !== "keep_alive") {
      said.push(message); // signs of life come at any time
    }
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.send(JSON.stringify({ type: "identify", token }));
  await expect.poll(() => said[0], soon).toEqual({ type: "identified" });
  return { socket, said };
}

describe("clients of others", () => {
  it("ws identifies, subscribes, hears, pings and leaves (EV-01)", async () => {
    const { socket, said } = await webSocket(rekindle.token("wanda"));
    socket.send(JSON.stringify({ type: "subscribe", subscription: "mine", rooms: ["user"], types: ["credits.*"] }));
    await expect.poll(() => said[1], soon).toMatchObject({ type: "ready", subscription: "mine" });
    await grant("wanda", "first");
    await expect
      .poll(() => said.at(-1), soon)
      .toMatchObject({
        type: "event",
        subscription: "mine",
        // The welcome of a new account comes before, as an event of its own.
        event: { type: "credits.granted", userId: "wanda", credits: { reason: "first" } },
      });
    socket.send(JSON.stringify({ type: "ping" }));
    await expect.poll(() => said.at(-1), soon).toEqual({ type: "pong" });
    socket.send(JSON.stringify({ type: "unsubscribe", subscription: "mine" }));
    await expect.poll(() => said.at(-1), soon).toEqual({ type: "unsubscribed", subscription: "mine" });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.close(1000);
    expect(await closed).toBe(1000);
  });

  it("ws hears by its close code that a token is not good (API-04)", async () => {
    const socket = new WebSocket(`${rekindle.address.replace("http", "ws")}/v1/events/ws`, ["rekindle.v1"]);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.once("open", () => socket.send(JSON.stringify({ type: "identify", token: "nonsense" })));
    expect(await closed).toBe(4401);
  });

  it("eventsource hears every event once, and goes on by itself after a power cut (EV-01)", async () => {
    const { source, told, opened } = eventSource("estelle");
    await expect.poll(opened, soon).toBe(1);
    await grant("estelle", "before the cut");
    await expect.poll(() => told.length, soon).toBeGreaterThan(0);
    const before = (await log("estelle")).length;
    await rekindle.kill();
    await rekindle.startAgain();
    await grant("estelle", "after the cut");
    await expect.poll(async () => (await log("estelle")).length, soon).toBeGreaterThan(before);
    const last = (await log("estelle")).at(-1);
    await expect.poll(() => told.at(-1)?.id, soon).toBe(last);
    expect(opened()).toBe(2);
    source.close();

    // From the first it heard on, all that is in the log, in its order, and nothing twice.
    expect(told.map(({ id }) => id)).toEqual((await log("estelle")).slice(-told.length));
  });
});
