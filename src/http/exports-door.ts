import type { FastifyInstance } from "fastify";

import { Context, type Services } from "../kernel/context.ts";
import { EXPORTS_PATH, exportFile } from "../operations/export-file.ts";

interface ExportPath {
  Params: { token: string };
}

/** Downloads of exports: GET and HEAD of the address that `Export.url` names, which is the right to have it. */
export function openExports(server: FastifyInstance, services: Services): void {
  server.route<ExportPath>({
    method: ["GET", "HEAD"],
    url: `${EXPORTS_PATH}/:token/:name`,
    handler: async (request, reply) => {
      const origin = { requestId: request.id, ip: request.ip, userAgent: request.headers["user-agent"] ?? "" };
      const ctx = new Context(services, origin, services.auth.log, null);
      const file = await exportFile(ctx, request.params.token);
      if (file === null) {
        reply.callNotFound();
        return reply;
      }
      reply.headers({
        "content-type": file.mimeType,
        "content-length": file.size,
        "content-disposition": `attachment; filename="${file.name}"`,
        "cache-control": "private, no-store",
      });
      return reply.send(request.method === "HEAD" ? undefined : await file.open());
    },
  });
}
