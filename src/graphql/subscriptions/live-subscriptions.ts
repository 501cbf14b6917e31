import { createHash } from "node:crypto";

import { type ExecutionArgs, type ExecutionResult, createSourceEventStream } from "graphql";

import type { Context, Services } from "../../kernel/context.ts";
import { Failure } from "../../kernel/errors.ts";
import type { MessageChange } from "../../messages/change.ts";
import { LiveSource } from "../../realtime/live-source.ts";
import { presentable, refusal } from "../errors.ts";
import { LiveGroup } from "./live-group.ts";
import { LiveOperation, type OperationPlace } from "./live-operation.ts";
import type { PendingStream } from "./pending-stream.ts";
import type { ResumeMarks } from "./resume-marks.ts";
import type { ResumePoints } from "./resume-points.ts";
import { SharedContext } from "./shared-context.ts";

/** What a subscription needs of the connection that it was sent over. */
export interface SubscribingPlace extends OperationPlace {
  /** The client's string from connectionParams, by which its next connection is known; null where it gave none. */
  readonly resumeKey: string | null;
  readonly marks: ResumeMarks | null;
  /** Whether the connection stands: what ends while it does was not lost with it. */
  readonly open: boolean;
}

/** The text of the request, by which subscriptions that are alike are known. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** All subscriptions of this node. */
export class LiveSubscriptions {
  readonly #groups = new Map<string, LiveGroup>();
  readonly #shared: SharedContext;

  constructor(
    services: Services,
    log: Context["log"],
    private readonly points: ResumePoints,
  ) {
    this.#shared = new SharedContext(services, log);
  }

  /** Different subscriptions that are listened to here. */
  get size(): number {
    return this.#groups.size;
  }

  /**
   * Begins a subscription, as graphql-ws asks for it.
   *
   * @param args what graphql-js is to execute; its context is the subscriber's
   */
  async subscribe(
    args: ExecutionArgs,
    request: SubscriptionRequest,
    place: SubscribingPlace,
  ): Promise<PendingStream | ExecutionResult> {
    const ctx = args.contextValue as Context;
    const source = await createSourceEventStream(args);
    if (!(source instanceof LiveSource)) return presentable(source as ExecutionResult, ctx);
    try {
      const key = nameOf(request);
      const group = this.#group(key, args);
      const resume = source.resumable && place.resumeKey !== null ? resumeKeyOf(key, place, place.resumeKey) : null;
      const operation = new LiveOperation(source as LiveSource<MessageChange>, group, place, () => {
        if (group.members === 0) this.#groups.delete(key);
        if (place.open) void place.marks?.forget(operation);
        else place.marks?.remove(operation);
      });
      const resumed = resume === null ? null : await this.points.find(resume);
      const begins = await operation.start(resumed);
      if (resume !== null) {
        if (resumed === null) await this.points.begin(resume, begins);
        place.marks?.add(operation, resume);
      }
      return operation.stream;
    } catch (error) {
      if (error instanceof Failure) return { errors: [refusal(error, ctx.origin.requestId)] };
      throw error;
    }
  }

  #group(key: string, { schema, document, operationName, variableValues }: ExecutionArgs): LiveGroup {
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = new LiveGroup({ schema, document, operationName, variableValues }, this.#shared);
      this.#groups.set(key, group);
    }
    return group;
  }
}

const nameOf = ({ query, operationName, variables }: SubscriptionRequest): string =>
  `${operationName ?? ""}\n${JSON.stringify(variables ?? {})}\n${query}`;

const resumeKeyOf = (name: string, { userId }: OperationPlace, resumeKey: string) => ({
  userId,
  resumeKey,
  operation: createHash("sha256").update(name).digest("hex"),
});
