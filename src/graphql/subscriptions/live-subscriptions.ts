import { createHash } from "node:crypto";

import { type ExecutionResult, createSourceEventStream } from "graphql";

import type { Services } from "../../kernel/context.ts";
import { Failure } from "../../kernel/errors.ts";
import type { MessageChange } from "../../messages/change.ts";
import { LiveSource } from "../../realtime/live-source.ts";
import { CLOSE_TRY_AGAIN_LATER, type GraphqlConnection } from "../connection.ts";
import { presentable, refusal } from "../errors.ts";
import type { SocketOperation, Subscriptions } from "../socket-operation.ts";
import { FrameWriter } from "../../realtime/frames.ts";
import { likenessOf, nameOf } from "./likeness.ts";
import { LiveGroup } from "./live-group.ts";
import { LiveOperation } from "./live-operation.ts";
import type { PendingStream } from "./pending-stream.ts";
import { ResumeMarks } from "./resume-marks.ts";
import type { ResumeKey, ResumePoints } from "./resume-points.ts";
import { SharedContext } from "./shared-context.ts";

/** What this node keeps of a connection with subscriptions. */
interface Subscriber {
  readonly writer: FrameWriter;
  /** Null where the client gave no resumeKey. */
  readonly marks: ResumeMarks | null;
}

/** All subscriptions of this node. */
export class LiveSubscriptions implements Subscriptions {
  readonly #groups = new Map<string, LiveGroup>();
  #standing = 0;
  readonly #subscribers = new WeakMap<GraphqlConnection, Subscriber>();
  readonly #shared: SharedContext;

  constructor(
    services: Services,
    log: GraphqlConnection["log"],
    private readonly points: ResumePoints,
  ) {
    this.#shared = new SharedContext(services, log);
  }

  /** The subscriptions that stand: whatever happens from now on is an event of theirs. */
  get size(): number {
    return this.#standing;
  }

  async begin(operation: SocketOperation): Promise<PendingStream | ExecutionResult> {
    const { contextValue: ctx } = operation;
    // The operation's own fields, its connection among them, are no arguments of graphql-js.
    const source: unknown = await createSourceEventStream(operation);
    if (!(source instanceof LiveSource)) return presentable(source as ExecutionResult, ctx);
    try {
      return await this.#start(operation, source as LiveSource<MessageChange>);
    } catch (error) {
      if (error instanceof Failure) return { errors: [refusal(error, ctx.origin.requestId)] };
      ctx.log.error({ err: error, requestId: ctx.origin.requestId }, "a subscription could not begin");
      // After an internal error clients do not come back. After this they do, and subscribe again.
      breakOff(operation.connection);
      return { errors: [] };
    }
  }

  pinging(connection: GraphqlConnection): string {
    return this.#subscribers.get(connection)?.marks?.ping() ?? "";
  }

  ponged(connection: GraphqlConnection, mark: string): void {
    this.#subscribers.get(connection)?.marks?.pong(mark);
  }

  async #start(operation: SocketOperation, source: LiveSource<MessageChange>): Promise<PendingStream> {
    const { connection, contextValue: ctx } = operation;
    const { userId } = ctx.me;
    const { writer, marks } = this.#subscriber(connection);
    const resume = source.followsLogs && marks !== null ? resumeKeyOf(operation, userId) : null;
    const group = this.#group(operation, source.apart);
    const place = {
      userId,
      operationId: operation.id,
      writer,
      context: () => connection.context(),
      breakOff: () => breakOff(connection),
    };
    let depart = (): void => {};
    let stands = false;
    const live = new LiveOperation(source, group, place, () => {
      depart();
      if (stands) this.#standing -= 1;
      if (group.members === 0) this.#groups.delete(group.name);
      // What ends while the connection stands was not lost with it, and is not gone on with.
      if (connection.ws.readyState === connection.ws.OPEN) marks?.forget(live);
      else marks?.remove(live);
    });
    // From now on: the same operation, completed while this one begins, must leave what this one goes on from.
    if (resume !== null) marks?.add(live, resume);
    try {
      const begins = await live.start(resume === null ? null : await this.points.find(resume));
      if (resume !== null) await this.points.begin(resume, begins);
      if (live.ended) return live.stream;
      depart = source.attend();
      stands = true;
      this.#standing += 1;
    } catch (error) {
      // A fault of the server's is no completion: the client comes back and goes on from where it was.
      if (!(error instanceof Failure)) marks?.remove(live);
      live.end();
      throw error;
    }
    return live.stream;
  }

  #subscriber(connection: GraphqlConnection): Subscriber {
    let subscriber = this.#subscribers.get(connection);
    if (subscriber === undefined) {
      const writer = new FrameWriter(connection.socket, connection.ws);
      connection.beforeSend = () => writer.flush();
      subscriber = { writer, marks: connection.resumeKey === null ? null : new ResumeMarks(this.points) };
      this.#subscribers.set(connection, subscriber);
    }
    return subscriber;
  }

  #group(operation: SocketOperation, apart: string): LiveGroup {
    const name = `${apart}\n${likenessOf(operation)}`;
    const { schema, document, operationName, variableValues } = operation;
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = new LiveGroup(name, { schema, document, operationName, variableValues }, this.#shared);
      this.#groups.set(name, group);
    }
    return group;
  }
}

const breakOff = (connection: GraphqlConnection): void => connection.close(CLOSE_TRY_AGAIN_LATER, "Try again later");

const resumeKeyOf = (operation: SocketOperation, userId: number): ResumeKey => ({
  userId,
  resumeKey: operation.connection.resumeKey ?? "",
  operation: createHash("sha256").update(nameOf(operation)).digest("hex"),
});
