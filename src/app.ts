// Before any class that tells the schema or the ORM of itself.
import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import type { Logger } from "pino";

import { Auth } from "./auth/auth.ts";
import { SessionDirectory } from "./auth/session-directory.ts";
import { openCalls } from "./calls/live.ts";
import type { Config } from "./config.ts";
import { ConversationMemory } from "./conversations/memory.ts";
import { openDatabase } from "./database/open.ts";
import { openEndpoints, openSockets } from "./dialects/dialects.ts";
import { wallClock } from "./dialects/frame/times.ts";
import { Files } from "./files/files.ts";
import { openGraphql } from "./graphql/open.ts";
import { openHttp } from "./http/open.ts";
import { JOB_HANDLERS, RECURRING } from "./jobs.ts";
import type { Services } from "./kernel/context.ts";
import { JobRunner } from "./kernel/job-runner.ts";
import { NodeLease } from "./kernel/node-lease.ts";
import { openMessages } from "./messages/live.ts";
import { BroadcastFeed } from "./operations/broadcast-feed.ts";
import { Cascade } from "./operations/cascade.ts";
import { LivePresence } from "./presence/live.ts";
import { RoomAttendance } from "./presence/room-attendance.ts";
import { PushSender } from "./notifications/push-sender.ts";
import { MemoryBus } from "./realtime/memory-bus.ts";
import { RedisBus } from "./realtime/redis-bus.ts";
import { SearchIndexer } from "./search/indexer.ts";
import { LiveTyping } from "./typing/live.ts";

/** A server that runs. */
export interface App {
  /** Where it listens: http://127.0.0.1:8000. */
  readonly url: string;
  readonly services: Services;
  /** Takes no more requests, finishes those that are under way, sends WebSockets away (1001) and lets go of everything. */
  close(): Promise<void>;
}

/** Requests that are not answered so long after the server was told to stop are cut off. */
const FINISH_WITHIN_MS = 8_000;
/** How long the database's connections may take to be given back after that. */
const LET_GO_WITHIN_MS = 1_500;

/**
 * Puts the parts together and listens.
 *
 * @param config with databaseUrl, jwtSecret and vapid, which main.ts has seen to
 * @param prepare what is to be done before anybody can connect
 */
export async function startApp(
  config: Config,
  log: Logger,
  prepare: (services: Services) => Promise<void> = async () => {},
): Promise<App> {
  const { databaseUrl, jwtSecret, redisUrl, vapid } = config;
  if (databaseUrl === undefined || jwtSecret === undefined || vapid === undefined)
    throw new Error("Without a database, or a secret to sign with.");

  // What was opened is let go of in the opposite order, also where the start fails halfway.
  await using opened = new AsyncDisposableStack();
  const database = await openDatabase(databaseUrl, config.databasePool);
  // A statement that does not end is left to PostgreSQL: the server stops without it.
  opened.defer(() => Promise.race([database.close(), pause(LET_GO_WITHIN_MS, undefined, { ref: false })]));
  // An idle connection that PostgreSQL ends is replaced by the pool; unheard, its error would end the process.
  database.pool.on("error", (error) => log.warn({ reason: error.message }, "PostgreSQL ended a connection"));
  const bus = redisUrl === undefined ? new MemoryBus() : new RedisBus(redisUrl, log);
  opened.defer(() => bus.close());
  const sessions = new SessionDirectory(database, bus, log);
  opened.defer(() => sessions.close());
  const { close: closeMessages, ...messages } = openMessages(database, bus, log);
  opened.defer(closeMessages);
  const auth = new Auth({ ...config, jwtSecret }, log);
  const cascade = new Cascade(database, config.cascade ? redisUrl : undefined, config.cascadeStreamMaximum, log);
  opened.defer(() => cascade.close());
  const push = new PushSender(vapid, config.vapidSubject, config.pushAllowPrivate);
  opened.defer(() => push.close());
  const lease = new NodeLease(log);
  const jobs = new JobRunner(databaseUrl, lease, log);
  const broadcasts = new BroadcastFeed(bus);
  opened.defer(() => broadcasts.close());
  const files = await Files.open(config, log);
  opened.defer(() => files.close());
  const typing = new LiveTyping(bus, messages.hub);
  opened.defer(() => typing.close());
  const presence = new LivePresence(bus, lease, sessions, log, ({ userId }) => typing.stop(userId));
  const roomAttendance = new RoomAttendance(lease, log);
  const services: Services = {
    database,
    bus,
    auth,
    sessions,
    lease,
    files,
    cascade,
    retention: { days: config.retentionDays ?? null, messages: config.retentionMessages ?? null },
    broadcasts,
    typing,
    presence,
    roomAttendance,
    push,
    ...messages,
    wallClock: wallClock(config.legacyTimeZone),
    conversationMemory: new ConversationMemory(),
    recallWindowSeconds: config.recallWindowSeconds,
    ...openCalls(config, log),
  };
  await cascade.start();
  presence.start(services);
  roomAttendance.start(services);
  await lease.start(services);
  opened.defer(() => lease.close());
  opened.defer(() => presence.close());
  opened.defer(() => roomAttendance.close());
  services.devices.start(services);
  opened.defer(() => services.devices.close());
  const indexer = new SearchIndexer(database, log);
  opened.defer(() => indexer.close());
  jobs.start(services, JOB_HANDLERS, RECURRING);
  opened.defer(() => jobs.close());

  await prepare(services);

  const { server, upgrades } = await openHttp(config, services, log);
  const graphql = await openGraphql(server, upgrades, services, log);
  opened.defer(() => graphql.close());
  openEndpoints(server, services);
  const sockets = openSockets(upgrades, services, log);
  opened.defer(async () => {
    upgrades.stop();
    const late = setTimeout(() => server.server.closeAllConnections(), FINISH_WITHIN_MS);
    await Promise.all([server.close(), graphql.sendAway(), sockets.close(), jobs.close()]);
    clearTimeout(late);
  });
  await server.listen({ host: config.host, port: config.port });

  const running = opened.move();
  return { url: urlOf(server.server.address() as AddressInfo), services, close: () => running.disposeAsync() };
}

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
