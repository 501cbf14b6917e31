import { readFile } from "node:fs/promises";

import {
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  print,
} from "graphql";
import { expect, test } from "vitest";

import { buildSchema } from "../../src/graphql/schema.ts";

const names = await readFile(new URL("names.graphql", import.meta.url), "utf8");
const schema = buildSchema();

/** What clients rely on and the schema does not have. */
function missing(definition: DefinitionNode): string[] {
  if (!("name" in definition) || definition.name === undefined) return [];
  const { value: name } = definition.name;
  const type = schema.getType(name);
  if (type === undefined) return [name];
  switch (definition.kind) {
    case Kind.ENUM_TYPE_DEFINITION: {
      const values = new Set(isEnumType(type) ? type.getValues().map((value) => value.name) : []);
      return (definition.values ?? []).map((value) => value.name.value).filter((value) => !values.has(value));
    }
    case Kind.UNION_TYPE_DEFINITION: {
      const types = new Set(isUnionType(type) ? type.getTypes().map((member) => member.name) : []);
      return (definition.types ?? []).map((member) => member.name.value).filter((member) => !types.has(member));
    }
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const interfaces = isObjectType(type) ? new Set(type.getInterfaces().map((one) => one.name)) : null;
      const gone = (definition.interfaces ?? [])
        .map((one) => one.name.value)
        .filter((one) => interfaces?.has(one) === false);
      return [
        ...gone.map((one) => `${name} implements ${one}`),
        ...(definition.fields ?? []).flatMap((field) => missingOf(type, field)),
      ];
    }
    default:
      return [];
  }
}

function missingOf(type: GraphQLNamedType, field: FieldDefinitionNode): string[] {
  const path = `${type.name}.${field.name.value}`;
  const has = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field.name.value] : undefined;
  if (has === undefined) return [path];
  const faults =
    String(has.type) === print(field.type) ? [] : [`${path}: ${print(field.type)}, and not ${String(has.type)}`];
  for (const argument of field.arguments ?? []) {
    const taken = has.args.find((one) => one.name === argument.name.value);
    if (taken === undefined || String(taken.type) !== print(argument.type)) faults.push(`${path}(${print(argument)})`);
  }
  // An argument that must be given and was not there breaks whoever does not give it.
  const known = new Set((field.arguments ?? []).map((argument) => argument.name.value));
  const demanded = has.args.filter(
    (one) => !known.has(one.name) && String(one.type).endsWith("!") && one.defaultValue === undefined,
  );
  return [...faults, ...demanded.map((one) => `${path} demands ${one.name}`)];
}

test("every type, field, argument and value that clients rely on is there, of the same type", () => {
  expect(parse(names).definitions.flatMap(missing)).toEqual([]);
});
