import { isUtf8 } from "node:buffer";

import multipart, { type MultipartFile } from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";

import { tooLarge } from "../../files/receive.ts";
import type { Incoming } from "../../files/upload.service.ts";
import { badInput, type Failure } from "../../kernel/errors.ts";
import { checkedFields } from "./validation.ts";

/** Fields of a form of an older protocol, at the most. */
const FORM_FIELDS_MAXIMUM = 20;
/** Bytes of a field of such a form, at the most. */
const FORM_FIELD_BYTES_MAXIMUM = 65_536;
/** Characters of a form field's name, which the client made up, that a refusal repeats. */
const NAME_SHOWN_MAXIMUM = 100;
/** Bytes of a form beside its file: boundaries, headers of the parts, fields. */
const FORM_REST_BYTES_MAXIMUM = 131_072;
/**
 * Bytes of a body that are read on and thrown away where it is refused before its end: most clients read the refusal when
 * they have sent everything, and none does where the connection is cut meanwhile. What is longer is cut.
 */
const REFUSED_BYTES_MAXIMUM = 33_554_432;

const MULTIPART = "multipart/form-data";
const FILE = "file";

const isMultipart = ({ headers }: FastifyRequest): boolean =>
  headers["content-type"]?.toLowerCase().startsWith(MULTIPART) === true;

/**
 * Takes JSON and forms in a scope of its own. A request that says of which kind its body is and has none is one without a
 * body: the documents' clients send the header with every request.
 *
 * @param fileBytes bytes of an uploaded file, at the most
 */
export async function acceptBodies(scope: FastifyInstance, fileBytes: () => number): Promise<void> {
  scope.removeAllContentTypeParsers();
  const parseJson = scope.getDefaultJsonParser("error", "error");
  scope.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return isUtf8(body) ? parseJson(request, body.toString(), done) : done(notUtf8());
  });
  scope.addContentTypeParser<Buffer>(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer" },
    (_request, body, done) =>
      isUtf8(body) ? done(null, Object.fromEntries(new URLSearchParams(body.toString()))) : done(notUtf8()),
  );
  scope.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) =>
    body === "" ? done(null, undefined) : done(badInput("body", "The body is of no media type that is taken here.")),
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
  scope.addHook("onRequest", async (request) => {
    const bytes = isMultipart(request) ? fileBytes() + FORM_REST_BYTES_MAXIMUM : request.routeOptions.bodyLimit;
    cutBeyond(request, bytes + REFUSED_BYTES_MAXIMUM);
  });
  scope.addHook("preParsing", async (request) => {
    if (!isMultipart(request)) return;
    const bytes = Number(request.headers["content-length"] ?? 0);
    if (bytes > fileBytes() + FORM_REST_BYTES_MAXIMUM) throw tooLarge(fileBytes());
  });
  scope.addHook("onResponse", async (request) => {
    if (!isMultipart(request)) return;
    // Else the connection would wait for somebody to read the rest.
    request.raw.unpipe();
    request.raw.resume();
  });
}

/** JSON is UTF-8 whatever its sender calls it (RFC 8259, 8.1); what is read as such and is none would be kept as rubbish. */
const notUtf8 = (): Failure => badInput("body", "The body must be UTF-8.");

/** Cuts the connection of a request whose body goes on and on, whatever it said of its length. */
function cutBeyond({ raw }: FastifyRequest, bytesMaximum: number): void {
  let bytes = 0;
  // Counting must not make it flow: it begins to when somebody reads it.
  raw.once("resume", () => {
    raw.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMaximum) raw.destroy();
    });
  });
}

/** The fields of a form without a file, whichever way it is written. @throws BAD_USER_INPUT */
export async function fieldsOf(request: FastifyRequest, schema: TSchema): Promise<unknown> {
  if (!isMultipart(request)) {
    if (typeof request.body !== "object" || request.body === null) throw badInput("body", "The body must be a form.");
    return checkedFields(schema, request.body as Record<string, string>);
  }
  const { fields } = await partsOf(request, ({ fieldname }) => {
    const name = fieldname.slice(0, NAME_SHOWN_MAXIMUM);
    throw badInput(name, `${name} takes no file.`);
  });
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
  const { taken, fields } = await partsOf(request, (part) => {
    if (part.fieldname !== FILE) throw badInput(FILE, `The file must be in the field "${FILE}".`);
    return take(incomingOf(part));
  });
  if (taken === null) throw badInput(FILE, "The form has no file.");
  return { taken: taken.value, fields: checkedFields(schema, fields) };
}

/** A file that the client gives no name has none: the types of the parser do not say so. */
const incomingOf = ({ filename, mimetype, file }: MultipartFile): Incoming => ({
  name: filename ?? "",
  mimeType: mimetype,
  open: () => file,
});

/** Reads a form to its end. @throws BAD_USER_INPUT, whatever `take` throws */
async function partsOf<T>(
  request: FastifyRequest,
  take: (part: MultipartFile) => T | Promise<T>,
): Promise<{ taken: { readonly value: T } | null; fields: Record<string, string> }> {
  const fields: Record<string, string> = {};
  let taken: { readonly value: T } | null = null;
  const parts = request.parts();
  for (let next = await nextOf(parts); next.done !== true; next = await nextOf(parts)) {
    const part = next.value;
    if (part.type === "file") {
      taken = { value: await take(part) };
    } else {
      if (part.valueTruncated) throw tooLong(part.fieldname);
      fields[part.fieldname] = String(part.value);
    }
  }
  return { taken, fields };
}

/** What goes wrong here is the form's fault, or the connection's: the parser's errors have no type of their own. */
async function nextOf<P>(parts: AsyncIterator<P>): Promise<IteratorResult<P, unknown>> {
  try {
    return await parts.next();
  } catch (error) {
    throw badInput("body", BY_CODE[(error as { code?: string }).code ?? ""] ?? "The form cannot be read.");
  }
}

/** What a form has too much of, by the code in which @fastify/multipart says it. */
const BY_CODE: Readonly<Record<string, string>> = {
  FST_FILES_LIMIT: "A form may have one file.",
  FST_FIELDS_LIMIT: `A form may have at most ${FORM_FIELDS_MAXIMUM} fields.`,
  FST_PARTS_LIMIT: `A form may have at most ${FORM_FIELDS_MAXIMUM} fields and one file.`,
};

const tooLong = (field: string): Failure => {
  const limit = FORM_FIELD_BYTES_MAXIMUM;
  return badInput(
    field.slice(0, NAME_SHOWN_MAXIMUM),
    `A field of a form may have at most ${limit.toLocaleString("en")} bytes.`,
    limit,
  );
};
