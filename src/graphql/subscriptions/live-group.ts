import { type ExecutionArgs, type ExecutionResult, execute } from "graphql";

import type { Context } from "../../kernel/context.ts";
import { isAway, onceBack } from "../../kernel/database-away.ts";
import { presentable } from "../errors.ts";
import { type SharedContext, ViewerAsked } from "./shared-context.ts";

/** Somebody who gets what a group made of an event. */
export interface Receiver {
  readonly userId: number;
  /** A context of the receiver's own, for events whose answer depends on who asks. */
  ownContext(): Context;
  /** Takes the execution's result, as JSON in UTF-8; null where the event was none of the subscription's. */
  receive(result: Buffer | null, event: LiveEvent): void;
  /** The event could not be made ready: whoever is connected comes back, and goes on from where they were. */
  breakOff(error: unknown): void;
}

/** Something that happened. */
export interface LiveEvent {
  /** One object for everybody who hears of it. */
  readonly cause: object;
  /** The log in which it happened; null where it concerns the user alone. */
  readonly logId: number | null;
  /** In a log, the position after the event; else null. */
  readonly position: number | null;
}

interface Rendering {
  readonly event: LiveEvent;
  readonly payload: unknown;
  readonly receivers: Receiver[];
}

/** Everybody on this node who subscribed to the same with the same variables: an event is executed once for all of them. */
export class LiveGroup {
  /** What is being handed round: everybody hears of an event in the same breath. */
  #current: Rendering | undefined;
  /** What is handed out last. */
  #tail: Promise<void> | undefined;
  /** Whether the answer turned out to depend on who asks: then it is executed for each user. */
  #viewerBound = false;
  /** Subscriptions that use the group at present. */
  members = 0;

  constructor(
    readonly name: string,
    private readonly args: ExecutionArgs,
    private readonly shared: SharedContext,
  ) {}

  /**
   * Sees to it that the receiver gets the event, after the ones that came before it.
   *
   * @param pick makes the root value of the execution; null where the event is none of the subscription's
   */
  deliver(event: LiveEvent, pick: () => unknown, receiver: Receiver): void {
    if (this.#current?.event.cause === event.cause) {
      this.#current.receivers.push(receiver);
      return;
    }
    const rendering: Rendering = { event, payload: pick(), receivers: [receiver] };
    this.#current = rendering;
    // Execution begins at once, beside the ones before it; handing out waits for its turn.
    const unshared = this.#viewerBound || rendering.payload === null;
    const result = unshared ? Promise.resolve(null) : this.#executeShared(rendering.payload);
    const tail = this.#handOut(rendering, result, this.#tail)
      .catch((error: unknown) => this.shared.log.error({ err: error }, "an event could not be handed out"))
      .finally(() => {
        if (this.#tail === tail) this.#tail = undefined;
      });
    this.#tail = tail;
  }

  /** The result for one user alone, as JSON. @throws DatabaseAway */
  async executeIn(ctx: Context, payload: unknown): Promise<Buffer> {
    return toJson(await this.#execute(payload, ctx));
  }

  async #handOut(
    rendering: Rendering,
    shared: Promise<Buffer | null>,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const result = await shared.catch((error: unknown) => new NotReady(error));
    await before;
    // Whoever hears of the event from now on begins a rendering of their own.
    if (this.#current === rendering) this.#current = undefined;
    const { event, payload, receivers } = rendering;
    if (result instanceof NotReady) {
      for (const receiver of receivers) receiver.breakOff(result.cause);
    } else if (result !== null || payload === null) {
      for (const receiver of receivers) receiver.receive(result, event);
    } else {
      this.#viewerBound = true;
      const byUser = Map.groupBy(receivers, ({ userId }) => userId);
      await Promise.all([...byUser.values()].map((ofOne) => this.#handOutTo(ofOne, payload, event)));
    }
  }

  /** @param ofOne receivers of one user */
  async #handOutTo(ofOne: readonly Receiver[], payload: unknown, event: LiveEvent): Promise<void> {
    const [one] = ofOne as [Receiver];
    try {
      const own = await this.executeIn(one.ownContext(), payload);
      for (const receiver of ofOne) receiver.receive(own, event);
    } catch (error) {
      for (const receiver of ofOne) receiver.breakOff(error);
    }
  }

  /** @returns null where the answer depends on who asks */
  async #executeShared(payload: unknown): Promise<Buffer | null> {
    const result = await this.#execute(payload, this.shared);
    return result === VIEWER_ASKED ? null : toJson(result);
  }

  async #execute(rootValue: unknown, contextValue: Context): Promise<ExecutionResult> {
    const result = await onceBack(
      async () => execute({ ...this.args, rootValue, contextValue }),
      ({ errors }) => errors?.some(({ originalError }) => isAway(originalError)) === true,
    );
    if (result.errors?.some(({ originalError }) => originalError instanceof ViewerAsked) === true) return VIEWER_ASKED;
    return presentable(result, contextValue);
  }
}

const VIEWER_ASKED: ExecutionResult = {};

/** Stands for the result of an execution that came to none. */
class NotReady {
  constructor(readonly cause: unknown) {}
}

const toJson = (result: ExecutionResult): Buffer =>
  Buffer.from(
    JSON.stringify(result.errors === undefined ? result : { ...result, errors: result.errors.map((e) => e.toJSON()) }),
  );
