// sparql-http-client: its clients that parse, in each way in which they send; and the one that hands on what it gets.
import ParsingClient from "sparql-http-client/ParsingClient.js";
import SimpleClient from "sparql-http-client/SimpleClient.js";
import StreamClient from "sparql-http-client/StreamClient.js";
import { all, form, rows, tell, triples } from "./told.mjs";

const verbs = { SELECT: "select", ASK: "ask", CONSTRUCT: "construct", DESCRIBE: "construct" };

await tell(async (endpointUrl, way, query, columns) => {
  const [flavour, operation] = way.split(" ");
  const verb = verbs[form(query)];
  if (flavour.includes("/")) {
    const response = await new SimpleClient({ endpointUrl }).query[verb](query, { operation, headers: { accept: flavour } });
    return [response.status, response.headers.get("content-type"), await response.text()];
  }
  const Client = { parsing: ParsingClient, streaming: StreamClient }[flavour];
  const answer = await new Client({ endpointUrl }).query[verb](query, { operation });
  if (verb === "ask") return answer;
  const items = await all(answer);
  return verb === "select" ? rows(items, columns) : triples(items);
});
