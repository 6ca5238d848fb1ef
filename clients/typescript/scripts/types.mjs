// Writes TypeScript types from the project's JSON Schemas.
//
//   node scripts/types.mjs            writes src/generated again
//   node scripts/types.mjs --check    says whether it is up to date
//   node scripts/types.mjs --style documented-text-list --out my-events.ts
//                                     writes the events of another style, for a gateway that is set so

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { compile } from "json-schema-to-typescript";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    style: { type: "string", default: "union-native-object" },
    out: { type: "string" },
  },
});

const SCHEMAS = new URL("../../../schemas/", import.meta.url);
const GENERATED = new URL("../src/generated/", import.meta.url);

/** Names that would hide something of the language, or say too little. */
const NAMES = { Error: "ErrorEvent", event: "Event", "gc.v2 frame": "WireFrame" };

async function events(style) {
  const schema = read(`events-${style}.json`);
  // Only callbacks have it.
  delete schema.$defs["callback body"];
  return typescript(schema, `schemas/events-${style}.json`, Object.keys(schema.$defs));
}

async function commands() {
  const schema = read("commands.json");
  for (const command of Object.values(schema.$defs)) {
    command.properties.commandId.type = "string";
  }
  schema.$defs.Command = { anyOf: schema.anyOf };
  return typescript(schema, "schemas/commands.json", ["Command"]);
}

function read(name) {
  return JSON.parse(readFileSync(new URL(name, SCHEMAS), "utf8"));
}

/** The compiler follows references from one root, and names what has a title. */
async function typescript({ $defs }, source, roots) {
  const root = { $defs: {}, title: "Everything", anyOf: roots.map(reference) };
  for (const [name, schema] of Object.entries($defs)) {
    root.$defs[typeName(name)] = { ...renamed(schema), title: typeName(name) };
  }
  const banner = `// Made from ${source} by scripts/types.mjs. Do not edit.`;
  const style = { printWidth: 120 };
  const text = await compile(root, "Everything", { bannerComment: banner, additionalProperties: false, style });
  // Nobody needs the root.
  return text.replace(/export type Everything =[^;]*;\n/, "");
}

function reference(name) {
  return { $ref: `#/$defs/${typeName(name)}` };
}

function typeName(name) {
  return NAMES[name] ?? name.replace(/(?:^|[ _])(\w)/g, (_, letter) => letter.toUpperCase());
}

/** The schema with references to the new names. */
function renamed(value) {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$ref === "string") return reference(decodeURIComponent(value.$ref.replace("#/$defs/", "")));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]));
}

function put(file, text) {
  if (!options.check) {
    writeFileSync(file, text);
  } else if (present(file) !== text) {
    console.error(`${file.pathname ?? file} is not what the schemas give: npm run types`);
    process.exitCode = 1;
  }
}

function present(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const file = (name) => new URL(name, GENERATED);
put(options.out ?? file("events.ts"), await events(options.style));
if (options.out === undefined) put(file("commands.ts"), await commands());
