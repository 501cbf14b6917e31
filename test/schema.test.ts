import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, it } from "vitest";

import { buildSchema, schemaText } from "../src/graphql/schema.ts";

const schema = buildSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

/** Everything of a type that a client may wonder about, with what is said of it. */
function* elements(type: GraphQLNamedType): Generator<[name: string, description: string | null | undefined]> {
  yield [type.name, type.description];
  if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return;
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, field.description];
    if (!("args" in field)) continue;
    for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
  }
}

describe("the schema", () => {
  it("says of every type, field, argument and enum value what it means", () => {
    const silent = types.flatMap((type) => [...elements(type)]).filter(([, description]) => (description ?? "") === "");
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it("names every code that an error can have", () => {
    const codes = schema.getType("ErrorCode");
    expect(isEnumType(codes) && codes.getValues().map(({ name }) => name)).toContain("BAD_USER_INPUT");
  });

  it("reads the same however often it is made", () => {
    expect(schemaText(buildSchema())).toBe(schemaText(schema));
  });
});
