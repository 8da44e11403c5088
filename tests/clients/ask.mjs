// Asks an endpoint with Comunica: `node ask.mjs URL QUERY` prints one JSON object a solution.
import { QueryEngine } from "@comunica/query-sparql";

const [url, query] = process.argv.slice(2);
const engine = new QueryEngine();
const solutions = await engine.queryBindings(query, { sources: [{ type: "sparql", value: url }] });
for await (const solution of solutions) {
  console.log(JSON.stringify(Object.fromEntries([...solution].map(([name, term]) => [name.value, term.value]))));
}
