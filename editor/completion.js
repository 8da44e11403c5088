// What can be written here: prefixes, classes and properties of the graph, variables of the query, keywords.

const KEYWORDS = `
  ASK AS ASC AVG BASE BIND BOUND BY COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE DESC DESCRIBE DISTINCT EXISTS
  FILTER FROM GRAPH GROUP GROUP_CONCAT HAVING IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC LANG LANGMATCHES LCASE LIMIT
  MAX MIN MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED REGEX REPLACE SAMPLE SELECT SEPARATOR STR STRAFTER
  STRBEFORE STRENDS STRLEN STRSTARTS SUBSTR SUM UCASE UNDEF UNION VALUES WHERE YEAR
`.trim().split(/\s+/).map((word) => ({ label: word, type: "keyword", boost: -1 }));

let words;

/** Return, once and for all, what the server knows; without an answer there are still keywords and variables. */
function known() {
  words ??= fetch("sparql/words")
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .catch(() => ({ prefixes: {}, terms: [] }))
    .then(({ prefixes, terms }) => ({
      prefixes,
      names: terms.map((term) => ({ ...option(term, prefixes), label: term.name })),
      labels: terms.filter((term) => term.label).map((term) => ({ ...option(term, prefixes), label: term.label })),
      declarable: Object.keys(prefixes).map((prefix) => ({
        label: `${prefix}:`,
        detail: prefixes[prefix],
        type: "namespace",
        apply: (view, _, from, to) => insert(view, `${prefix}:`, from, to, prefixes),
      })),
    }));
  return words;
}

function option(term, prefixes) {
  return {
    displayLabel: term.name,
    detail: term.kind,
    type: term.kind,
    info: term.definition || undefined,
    boost: term.uses ? Math.min(20, Math.log2(term.uses)) : 0,
    apply: (view, _, from, to) => insert(view, term.name, from, to, prefixes),
  };
}

/** Write a name, and above the query the PREFIX line that it still needs. */
function insert(view, name, from, to, prefixes) {
  const prefix = name.slice(0, name.indexOf(":"));
  const text = view.state.doc.toString();
  const declares = new RegExp(`^\\s*PREFIX\\s+${prefix.replace(/[^\w]/g, "\\$&")}:`, "im").test(text);
  const declaring = /PREFIX\s+$/i.test(text.slice(0, from));
  const changes = [{ from, to, insert: declaring ? `${name} <${prefixes[prefix]}>` : name }];
  const head = text.match(/^(?:\s*#.*\n|\s*\n)*/)[0].length;
  const line = `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
  if (!declares && !declaring) changes.unshift({ from: Math.min(head, from), insert: line });
  const added = changes.length > 1 ? line.length : 0;
  view.dispatch({ changes, selection: { anchor: from + added + changes.at(-1).insert.length }, userEvent: "input.complete" });
}

/** A completion source: the things that a search finds by the word being written, whatever their names are. */
export async function completeThing(context) {
  const word = context.matchBefore(/(?<![?$:<\w])[A-Za-z_]\w{2,}/);
  if (!word) return null;
  const line = context.state.doc.lineAt(word.from);
  if (/[#"]/.test(line.text.slice(0, word.from - line.from).replace(/<[^>]*>|"[^"]*"/g, ""))) return null;
  const address = `search?${new URLSearchParams({ q: word.text, limit: 12, format: "json" })}`;
  const { hits } = await fetch(address)
    .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .catch(() => ({ hits: [] }));
  const { prefixes } = await known();
  const options = hits
    .filter((hit) => hit.name && !["class", "property", "query"].includes(hit.kind))
    .map((hit) => ({
      label: hit.name,
      displayLabel: hit.label,
      detail: `${hit.name} · ${hit.kind}`,
      type: "constant",
      info: hit.excerpt || undefined,
      boost: -50,
      apply: (view, _, from, to) => insert(view, hit.name, from, to, prefixes),
    }));
  return { from: word.from, options, filter: false };
}

/** A completion source of CodeMirror's. */
export async function complete(context) {
  const variable = context.matchBefore(/[?$]\w*/);
  if (variable) {
    const others = context.state.doc.toString().match(/[?$]\w+/g) ?? [];
    const options = [...new Set(others)].filter((name) => name !== variable.text);
    return { from: variable.from, options: options.map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
  }
  const name = context.matchBefore(/[A-Za-z][\w-]*:[\w.-]*/);
  const word = context.matchBefore(/[A-Za-z_]\w*/);
  if (!name && !word && !context.explicit) return null;
  const from = (name ?? word)?.from ?? context.pos;
  const line = context.state.doc.lineAt(from);
  // Without its IRIs and strings, what is left shows a comment or an open string.
  const before = line.text.slice(0, from - line.from).replace(/<[^>]*>|"[^"]*"/g, "");
  if (/[#"]/.test(before)) return null;
  const kind = /(^|\s)(a|rdf:type)\s+$/.test(before) ? "class" : "property";
  const { names, labels, declarable } = await known();
  const first = (terms) => terms.map((term) => (term.type === kind ? { ...term, boost: term.boost + 25 } : term));
  if (name) return { from, options: first(names), validFor: /^[\w-]*:[\w.-]*$/ };
  return { from, options: [...declarable, ...first(labels), ...KEYWORDS], validFor: /^\w*$/ };
}
