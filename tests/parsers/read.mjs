// Reads an RDF file with N3.js or jsonld.js and writes N-Quads: node read.mjs FILE MEDIA-TYPE OUTPUT.
import { readFile, writeFile } from "node:fs/promises";

const [, , file, format, output] = process.argv;
const text = await readFile(file, "utf8");

async function withN3() {
  const { Parser, Writer } = await import("n3");
  const writer = new Writer({ format: "N-Quads" });
  writer.addQuads(new Parser({ format }).parse(text));
  return new Promise((resolve, reject) => writer.end((error, result) => (error ? reject(error) : resolve(result))));
}

async function withJsonld() {
  const { default: jsonld } = await import("jsonld");
  const documentLoader = (url) => {
    throw new Error(`nothing is to be fetched, and this would be: ${url}`);
  };
  return jsonld.toRDF(JSON.parse(text), { format: "application/n-quads", documentLoader });
}

await writeFile(output, await (format === "application/ld+json" ? withJsonld() : withN3()));
