// Comunica, told that the source is an endpoint, left to find that out, and given the data as a document.
import { QueryEngine } from "@comunica/query-sparql";
import { form, rows, tell, triples } from "./told.mjs";

const engine = new QueryEngine();
const sources = {
  told: (endpoint) => ({ type: "sparql", value: endpoint }),
  "finding out": (endpoint) => endpoint,
  "by document": (endpoint) => endpoint.replace(/sparql$/, "store?default"),
};

await tell(async (endpoint, way, query, columns) => {
  const context = { sources: [sources[way](endpoint)] };
  switch (form(query)) {
    case "SELECT": {
      const solutions = await (await engine.queryBindings(query, context)).toArray();
      return rows(solutions.map((solution) => Object.fromEntries([...solution].map(([v, t]) => [v.value, t]))), columns);
    }
    case "ASK":
      return engine.queryBoolean(query, context);
    default:
      return triples(await (await engine.queryQuads(query, context)).toArray());
  }
});
