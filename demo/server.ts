interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The server said no, and why. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Asks the server at `url` for an operation, as whoever the token is of. */
export function ask<Data>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  token?: string,
): Promise<Data> {
  return post(url, JSON.stringify({ query, variables }), { "content-type": "application/json" }, token);
}

/** Sends a picture in an operation's variable `file`, by the GraphQL multipart request specification. */
export function upload<Data>(url: string, query: string, picture: Buffer, token: string): Promise<Data> {
  const body = new FormData();
  body.set("operations", JSON.stringify({ query, variables: { file: null } }));
  body.set("map", JSON.stringify({ 0: ["variables.file"] }));
  body.set("0", new Blob([new Uint8Array(picture)], { type: "image/png" }), "picture.png");
  return post(url, body, { "apollo-require-preflight": "true" }, token);
}

async function post<Data>(
  url: string,
  body: string | FormData,
  headers: Readonly<Record<string, string>>,
  token: string | undefined,
): Promise<Data> {
  const response = await fetch(new URL("/graphql", url), {
    method: "POST",
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body,
  }).catch((cause: unknown) => {
    throw new Error(`Nobody answers at ${url}. Start the server first: npm start`, { cause });
  });
  const { data, errors } = (await response.json().catch((cause: unknown) => {
    throw new Error(`What answers at ${url} is not Parlance.`, { cause });
  })) as Answer<Data>;
  const [error] = errors ?? [];
  if (error !== undefined) throw new Refusal(error.extensions?.code ?? "", error.message);
  if (data == null) throw new Error(`What answers at ${url} is not Parlance.`);
  return data;
}

/** Works on all items, several at once, and answers in their order. */
export async function together<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
