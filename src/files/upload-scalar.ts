import { GraphQLError, GraphQLScalarType } from "graphql";
import { Upload as ExpectedFile, type FileUpload, GraphQLUpload } from "graphql-upload-minimal";

import { badInput } from "../kernel/errors.ts";
import type { Asked, Incoming } from "./upload.service.ts";

const HOW = "A file is sent by a multipart request over HTTP (GraphQL multipart request specification).";

/** A file that comes along with a request. */
export const Upload = new GraphQLScalarType({
  ...GraphQLUpload.toConfig(),
  name: "Upload",
  description: `${HOW} The request needs the header \`Apollo-Require-Preflight: true\`; it carries one file.`,
  specifiedByURL: "https://github.com/jaydenseric/graphql-multipart-request-spec",
  // A function: type-graphql would wait for a promise before it calls a resolver, and the resolver may not want the file.
  parseValue(value): Asked {
    if (!(value instanceof ExpectedFile)) throw new GraphQLError(HOW);
    return () => incoming(value.promise);
  },
  parseLiteral() {
    throw new GraphQLError(HOW);
  },
});

/** What the services take, of what the scalar yields. @throws BAD_USER_INPUT where the request has no such file */
async function incoming(upload: Promise<FileUpload>): Promise<Incoming> {
  const file = await upload.catch((error: unknown) => {
    throw badInput("file", error instanceof Error ? error.message : "There is no such file in the request.");
  });
  return {
    name: file.filename ?? "",
    mimeType: file.mimetype ?? "",
    open() {
      try {
        return file.createReadStream();
      } catch {
        throw badInput("file", "A file can be used once in a request, and only while it arrives.");
      }
    },
  };
}
