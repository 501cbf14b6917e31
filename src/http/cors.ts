import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/** How long a browser may remember what it was told. */
const REMEMBERED_SECONDS = 86_400;

/**
 * Lets pages of other origins call and read the answers. Who asks is told by a token in a header, never by a cookie, so
 * no credentials are allowed for.
 */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[] | "*"): Promise<void> {
  await server.register(cors, {
    origin: origins === "*" ? "*" : [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    exposedHeaders: ["x-request-id", "retry-after", "www-authenticate", "content-disposition", "content-range", "etag"],
    maxAge: REMEMBERED_SECONDS,
    // OPTIONS asks what may be asked, be it a browser's preflight or a proxy's look (RFC 9110, 9.3.7).
    strictPreflight: false,
  });
}
