import { GraphQLEnumType, GraphQLScalarType } from "graphql";
import { GraphQLDateTimeISO } from "graphql-scalars";

import { FAILURES } from "../kernel/errors.ts";

/** Handed out as RFC 3339 text in UTC with milliseconds; any offset is taken in. */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...GraphQLDateTimeISO.toConfig(),
  name: "DateTime",
  description: "A time, RFC 3339; handed out in UTC with milliseconds: 2026-11-21T10:15:30.123Z.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
});

/** No field has it: it tells programs which codes there are. */
export const ErrorCode = new GraphQLEnumType({
  name: "ErrorCode",
  description: "What `extensions.code` of an error says.",
  values: Object.fromEntries(Object.entries(FAILURES).map(([code, { meaning }]) => [code, { description: meaning }])),
});
