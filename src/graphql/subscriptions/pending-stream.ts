/**
 * What graphql-ws iterates of a live operation: nothing ever comes of it, for the operation writes to the socket itself.
 * It ends when the operation ends, with its error if there is one.
 */
export class PendingStream implements AsyncGenerator<never, void, undefined> {
  readonly #end = Promise.withResolvers<IteratorResult<never, void>>();

  constructor(private readonly onReturn: () => void) {
    // Nobody may be waiting yet when it fails; whoever asks next is told.
    this.#end.promise.catch(() => undefined);
  }

  finish(): void {
    this.#end.resolve({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    this.#end.reject(error);
  }

  next(): Promise<IteratorResult<never, void>> {
    return this.#end.promise;
  }

  async return(): Promise<IteratorResult<never, void>> {
    this.onReturn();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<never, void>> {
    this.fail(error);
    this.onReturn();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.onReturn();
  }
}
