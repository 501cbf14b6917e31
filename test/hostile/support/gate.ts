type Method = (...args: never[]) => Promise<unknown>;
type Call = (...args: unknown[]) => Promise<unknown>;

/** Holds calls of a method back, so that a test decides what happens meanwhile. Disposing of it takes it away. */
export interface Gate extends Disposable {
  /** Resolves when so many calls stand before it, or have gone through. */
  calls(count: number): Promise<void>;
  /** Lets the call through that has waited for longest. */
  letOneThrough(): void;
  /** Lets the call through that has come last. */
  letLastThrough(): void;
  /** Lets all calls through, those to come as well. */
  open(): void;
}

/**
 * @param where whether a call waits before it is made, or with its answer in hand
 */
export function gate<Name extends string>(owner: Record<Name, Method>, name: Name, where: "before" | "after"): Gate {
  const call = owner[name].bind(owner) as Call;
  const waiting: (() => void)[] = [];
  let came = Promise.withResolvers<void>();
  let calls = 0;
  let opened = false;
  const turn = async (): Promise<void> => {
    calls += 1;
    came.resolve();
    came = Promise.withResolvers();
    if (!opened) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const held: Call = async (...args) => {
    if (where === "before") await turn();
    const answer = await call(...args);
    if (where === "after") await turn();
    return answer;
  };
  const open = (): void => {
    opened = true;
    for (const goOn of waiting.splice(0)) goOn();
  };
  Object.defineProperty(owner, name, { value: held, configurable: true });
  return {
    async calls(count) {
      while (calls < count) await came.promise;
    },
    letOneThrough: () => waiting.shift()?.(),
    letLastThrough: () => waiting.pop()?.(),
    open,
    [Symbol.dispose]() {
      open();
      Reflect.deleteProperty(owner, name);
    },
  };
}
