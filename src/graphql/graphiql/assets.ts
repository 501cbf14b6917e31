import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { START_SCRIPT } from "./start-script.ts";

const compress = promisify(gzip);

/** A file of the page, as it is served. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

const JAVASCRIPT = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";

let made: Promise<ReadonlyMap<string, Asset>> | undefined;

/**
 * GraphiQL's files by their names. They are 9 MB of text, which is loaded and compressed when somebody opens the page for
 * the first time, and then kept.
 */
export function assets(): Promise<ReadonlyMap<string, Asset>> {
  made ??= make();
  return made;
}

async function make(): Promise<ReadonlyMap<string, Asset>> {
  const graphiql = await import("@graphql-yoga/render-graphiql/graphiql");
  const files: [name: string, type: string, text: string][] = [
    ["graphiql.js", JAVASCRIPT, graphiql.js],
    ["graphiql.css", CSS, graphiql.css],
    ["editor.worker.js", JAVASCRIPT, graphiql.editorWorkerService],
    ["json.worker.js", JAVASCRIPT, graphiql.jsonWorker],
    ["graphql.worker.js", JAVASCRIPT, graphiql.graphqlWorker],
    ["start.js", JAVASCRIPT, START_SCRIPT],
  ];
  return new Map(
    await Promise.all(files.map(async ([name, type, text]) => [name, await assetOf(type, text)] as const)),
  );
}

async function assetOf(type: string, text: string): Promise<Asset> {
  const plain = Buffer.from(text);
  const etag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
  return { type, etag, plain, gzipped: await compress(plain) };
}
