import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { assets } from "./assets.ts";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Parlance · GraphiQL</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 2h14v9H8l-4 4v-4H1z' fill='%23d64292'/%3E%3C/svg%3E">
    <link rel="stylesheet" href="/graphiql/graphiql.css">
    <style>html, body, #root { height: 100%; margin: 0; overflow: hidden }</style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;

/** The page talks to its own server only. Monaco writes style elements. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Browsers ask again after an hour, and are told in a few bytes if nothing is new. */
const CACHING = "public, max-age=3600";

/** Serves GraphiQL's files; the page itself is {@link sendPage}'s. */
export function openGraphiql(server: FastifyInstance): void {
  server.get<{ Params: { file: string } }>("/graphiql/:file", async (request, reply) => {
    const asset = (await assets()).get(request.params.file);
    if (asset === undefined) {
      reply.callNotFound();
      return reply;
    }
    reply.headers({ "content-type": asset.type, etag: asset.etag, "cache-control": CACHING, vary: "accept-encoding" });
    if (request.headers["if-none-match"] === asset.etag) return reply.code(304).send();
    if (!acceptsGzip(request)) return reply.send(asset.plain);
    return reply.header("content-encoding", "gzip").send(asset.gzipped);
  });
}

/** Whether a person opened the address, rather than a program. */
export const isBrowsing = ({ method, headers }: FastifyRequest): boolean =>
  method === "GET" && (headers.accept ?? "").includes("text/html");

export function sendPage(reply: FastifyReply): FastifyReply {
  return reply
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cache-control": "no-cache",
    })
    .send(PAGE);
}

const acceptsGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b(?!;\s*q=0(?:\.0*)?\b)/.test(headers["accept-encoding"] ?? "");
