// How answers are printed: a line each, JSON: how it was asked, the query, and the cells, the truth value,
// the triples, or what went wrong.
import { argv } from "node:process";
import { readFileSync } from "node:fs";

const term = ({ termType, value, language, datatype }) => {
  if (termType === "NamedNode") return `<${value}>`;
  if (termType === "BlankNode") return `_:${value}`;
  return JSON.stringify(value) + (language ? `@${language}` : `^^<${datatype.value}>`);
};

export const triples = (quads) =>
  quads.map((quad) => `${[quad.subject, quad.predicate, quad.object].map(term).join(" ")} .`).join(" ");

export const rows = (solutions, columns) => solutions.map((solution) => columns.map((name) => solution[name].value));

// What a stream gives: Array.fromAsync is newer than the Node.js of some.
export async function all(stream) {
  const found = [];
  for await (const item of stream) found.push(item);
  return found;
}

// Ask each question of the file that is named behind the endpoint: [way, query, columns of a table].
export async function tell(answer) {
  const [endpoint, file] = argv.slice(2);
  for (const [way, query, columns] of JSON.parse(readFileSync(file, "utf8"))) {
    const found = await answer(endpoint, way, query, columns).catch((error) => ({ error: String(error) }));
    console.log(JSON.stringify([way, query, found]));
  }
}

export const form = (query) => /\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/.exec(query)[1];
