// fetch-sparql-endpoint, in each way in which it sends a query; it reads JSON unless an endpoint has only XML.
import { SparqlEndpointFetcher } from "fetch-sparql-endpoint";
import { all, form, rows, tell, triples } from "./told.mjs";

const xml = (url, options) => {
  options.headers.set("Accept", options.headers.get("Accept").replace(/^.*json;q=1.0,/, ""));
  return fetch(url, options);
};
const fetchers = {
  GET: new SparqlEndpointFetcher({ method: "GET" }),
  form: new SparqlEndpointFetcher(),
  direct: new SparqlEndpointFetcher({ directPost: true }),
  XML: new SparqlEndpointFetcher({ fetch: xml }),
};

await tell(async (endpoint, way, query, columns) => {
  const fetcher = fetchers[way];
  switch (form(query)) {
    case "SELECT":
      return rows(await all(await fetcher.fetchBindings(endpoint, query)), columns);
    case "ASK":
      return fetcher.fetchAsk(endpoint, query);
    default:
      return triples(await all(await fetcher.fetchTriples(endpoint, query)));
  }
});
