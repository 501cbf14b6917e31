/** What a process of the benchmark can be asked, by name. What goes in and out is sent as JSON. */
export type Handlers = Record<string, (input: never) => unknown>;

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** Answers the questions of the process that started this one, and ends with it. */
export function answerWith(handlers: Handlers): void {
  process.on("message", (message: Question) => void respond(handlers, message));
  process.once("disconnect", () => process.exit());
}

async function respond(handlers: Handlers, { id, name, input }: Question): Promise<void> {
  const handler = handlers[name] as ((input: unknown) => unknown) | undefined;
  try {
    if (handler === undefined) throw new Error(`This process does not know "${name}".`);
    process.send?.({ id, value: await handler(input) } satisfies Answer);
  } catch (error) {
    process.send?.({
      id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    } satisfies Answer);
  }
}
