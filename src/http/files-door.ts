import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { FILES_PATH, LEGACY_FILES_PATH } from "../files/addresses.ts";
import { type Download, download, downloadByPublicName } from "../files/download.service.ts";
import type { Context, Services } from "../kernel/context.ts";
import { hasIt, wanted } from "./range.ts";
import { nothing, visitor } from "./visitor.ts";

/** Kept by browsers for a year, and by nobody between: the content at an address never changes. */
const FOR_GOOD = "private, max-age=31536000, immutable";
const ASK_AGAIN = "private, no-cache";

/**
 * Whatever is inside, no browser executes it, sends forms from it or takes it for a page of ours. Its own player may play
 * it.
 */
const POLICY = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** What browsers show by themselves, and can do no harm with. All else is saved. */
const SHOWN = /^(?:image|audio|video)\//;

interface FilePath {
  Params: { key: string };
}

/**
 * Downloads of files: GET and HEAD of the addresses that `File.url` and `File.thumbnailUrl` name, and of those that older
 * protocols have for the same. The address is the right to have it; old clients send no token with it. Bytes pass through
 * here from S3 too: so the headers are ours.
 */
export function openFiles(server: FastifyInstance, services: Services): void {
  const route = (url: string, find: (ctx: Context, key: string) => Promise<Download | null>): void => {
    server.route<FilePath>({
      method: ["GET", "HEAD"],
      url,
      handler: async (request, reply) => {
        const found = await find(visitor(request, services), request.params.key);
        return found === null ? nothing(reply) : answer(request, reply, found);
      },
    });
  };
  route(`${FILES_PATH}/:key/:name`, (ctx, token) => download(ctx, token, { thumbnail: false }));
  route(`${FILES_PATH}/:key/thumbnail/:name`, (ctx, token) => download(ctx, token, { thumbnail: true }));
  route(`${LEGACY_FILES_PATH}/:key`, downloadByPublicName);
}

async function answer(request: FastifyRequest<FilePath>, reply: FastifyReply, found: Download): Promise<FastifyReply> {
  const { mimeType, name, size, createdAt, version, isFinal } = found;
  const shown = { size, etag: `"${version}-${createdAt.getTime().toString(36)}-${size}"`, modifiedAt: createdAt };
  reply.headers({
    "content-security-policy": POLICY,
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": isFinal ? FOR_GOOD : ASK_AGAIN,
    etag: shown.etag,
    "last-modified": createdAt.toUTCString(),
    "accept-ranges": "bytes",
  });
  if (hasIt(request.headers, shown)) return reply.code(304).send();
  const range = wanted(request.headers, shown);
  if (range === "none") return reply.code(416).header("content-range", `bytes */${size}`).send();
  const part = range === "whole" ? null : range;
  const isHead = request.method === "HEAD";
  const content = isHead ? undefined : await found.open(part ?? undefined);
  if (content === null) return nothing(reply);
  reply.headers({
    "content-type": mimeType === "text/plain" ? "text/plain; charset=utf-8" : mimeType,
    "content-disposition": disposition(SHOWN.test(mimeType) ? "inline" : "attachment", name),
    "content-length": part === null ? size : part.end - part.start + 1,
  });
  if (part !== null) reply.code(206).header("content-range", `bytes ${part.start}-${part.end}/${size}`);
  return reply.send(content);
}

/** A name of any script (RFC 6266, RFC 8187), with one in ASCII for those who know no other. */
function disposition(kind: "inline" | "attachment", name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
