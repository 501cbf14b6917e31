import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";

import type { Incoming } from "../../files/upload.service.ts";
import { badInput, Failure } from "../../kernel/errors.ts";
import { checkedFields } from "./validation.ts";

/** Fields of a form, and bytes of each. */
const FORM_FIELDS_MAXIMUM = 20;
const FORM_FIELD_BYTES_MAXIMUM = 65_536;
/** Bytes of a form beside its file: boundaries, headers of the parts, fields. */
const FORM_REST_BYTES_MAXIMUM = 131_072;

const MULTIPART = "multipart/form-data";
const FILE = "file";

const isMultipart = ({ headers }: FastifyRequest): boolean =>
  headers["content-type"]?.toLowerCase().startsWith(MULTIPART) === true;

/**
 * Takes JSON and forms in a scope of its own. A request that says that its body is JSON and has none is one without a
 * body: the documents' clients send the header with every request.
 *
 * @param fileBytes bytes of an uploaded file, at the most
 */
export async function acceptBodies(scope: FastifyInstance, fileBytes: () => number): Promise<void> {
  scope.removeAllContentTypeParsers();
  const parseJson = scope.getDefaultJsonParser("error", "error");
  scope.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") return done(null, undefined);
    return parseJson(request, body as string, done);
  });
  scope.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  );
  await scope.register(multipart, {
    throwFileSizeLimit: false,
    limits: {
      files: 1,
      fields: FORM_FIELDS_MAXIMUM,
      parts: FORM_FIELDS_MAXIMUM + 1,
      fieldSize: FORM_FIELD_BYTES_MAXIMUM,
      // Whoever reads the file says how long it may be, and refuses it by its own name.
      fileSize: Number.MAX_SAFE_INTEGER,
    },
  });
  scope.addHook("preParsing", async (request) => {
    if (!isMultipart(request)) return;
    const bytesMaximum = fileBytes() + FORM_REST_BYTES_MAXIMUM;
    if (Number(request.headers["content-length"] ?? 0) > bytesMaximum) throw tooLarge(fileBytes());
    endBeyond(request, bytesMaximum);
  });
  scope.addHook("onResponse", async (request) => {
    if (!isMultipart(request)) return;
    // Else the connection would wait for somebody to read the rest.
    request.raw.unpipe();
    request.raw.resume();
  });
}

/** A form that says no length, or a wrong one, goes on until it is too long. */
function endBeyond({ raw }: FastifyRequest, bytesMaximum: number): void {
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bytesMaximum) raw.destroy();
  };
  // Counting must not make it flow: it begins to when the parser takes it.
  raw.once("resume", () => raw.on("data", count));
}

const tooLarge = (limit: number): Failure =>
  new Failure("PAYLOAD_TOO_LARGE", `A file may have at most ${limit.toLocaleString("en")} bytes.`, {
    field: FILE,
    limit,
  });

/** The fields of a form without a file, whichever way it is written. @throws BAD_USER_INPUT */
export async function fieldsOf(request: FastifyRequest, schema: TSchema): Promise<unknown> {
  if (!isMultipart(request)) {
    if (typeof request.body !== "object" || request.body === null) throw badInput("body", "The body must be a form.");
    return checkedFields(schema, request.body as Record<string, string>);
  }
  const fields: Record<string, string> = {};
  for await (const part of request.parts()) {
    if (part.type === "file") throw badInput(part.fieldname, "No file is taken here.");
    fields[part.fieldname] = String(part.value);
  }
  return checkedFields(schema, fields);
}

/**
 * Reads a form with one file, which is handed over as it comes in.
 *
 * @throws BAD_USER_INPUT where there is no form or no file, or a field is not what it should be; whatever `take` throws
 */
export async function formOf<T>(
  request: FastifyRequest,
  schema: TSchema,
  take: (file: Incoming) => Promise<T>,
): Promise<{ taken: T; fields: unknown }> {
  if (!isMultipart(request)) throw badInput("body", `The body must be ${MULTIPART}.`);
  const fields: Record<string, string> = {};
  let taken: { readonly value: T } | null = null;
  for await (const part of request.parts()) {
    if (part.type === "field") {
      fields[part.fieldname] = String(part.value);
    } else {
      if (part.fieldname !== FILE) throw badInput(FILE, `The file must be in the field "${FILE}".`);
      const incoming = { name: part.filename, mimeType: part.mimetype, open: () => part.file };
      taken = { value: await take(incoming) };
    }
  }
  if (taken === null) throw badInput(FILE, "The form has no file.");
  return { taken: taken.value, fields: checkedFields(schema, fields) };
}
