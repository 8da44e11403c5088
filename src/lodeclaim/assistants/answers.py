"""What the tools answer, as values for JSON: bounded in rows and characters, and saying when there is more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lodeclaim import compare
from lodeclaim.assistants import provenance
from lodeclaim.compare import Report
from lodeclaim.endpoint.catalogue import stored, values
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.engines.engine import Answer, Engine, QueryRequest, Table, Term
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.knowledge import Given, Graph
from lodeclaim.namespaces import PREFIXES, shorten

MAX_ROWS = 100
MAX_CHARACTERS = 40_000
"""Of one answer, in JSON, beside the claims."""

MAX_CELL = 1_000
"""Characters of one value; what is longer ends in `…`."""

MAX_CLAIMS = 50
"""Claims of one answer that are told in full."""

MAX_ROW_CLAIMS = 10
"""Claims named beside one row."""

Found = dict[str, Any]
"""An answer. IRIs have the project's prefixes where there is one."""


@dataclass(frozen=True)
class Sources:
    """What is asked: the graph, for comparisons and claims, and an engine with limits, for queries."""

    graph: Graph
    engine: Engine


def catalogue(sources: Sources, group: str | None) -> Found:
    """Return the stored queries, or those of a group: what each asks and takes, and the groups that there are."""
    known = sources.graph.queries
    groups = sorted({query.group for query in known if query.group})
    chosen = [query for query in known if group is None or (query.group or "").lower() == group.lower()]
    return {"queries": list(map(_taken, chosen)), "groups": groups}


def stored_query(sources: Sources, name: str, given: Mapping[str, Given]) -> Found:
    """Return the rows of a query of the catalogue; raises as `stored.find` and `stored.bind` do, and the engine."""
    query = sources.graph.bound(stored.find(sources.graph.engine, name), given.items())
    return sparql(sources, QueryRequest(query.text, prefixes=query.prefixes, bindings=query.bindings))


def sparql(sources: Sources, request: QueryRequest) -> Found:
    """Return the beginning of the answer to a query; raises what the engine raises."""
    shown = sources.engine.preview(request, MAX_ROWS)
    hints = {"hints": list(shown.hints)} if shown.hints else {}
    if isinstance(shown.beginning, Table):
        return _rows(sources, request, shown.beginning) | hints
    text, more = _beginning(shown.beginning)
    if shown.form is Form.ASK:
        return {"answer": bool(json.loads(text)["boolean"])} | hints
    return {"triples": text, "more": more} | hints


def comparison(sources: Sources, wanted: str) -> Found:
    """Return who says what on a Question, or on those of a topic; raises UsageError where nothing fits."""
    graph = sources.graph
    questions = graph.questions(wanted)
    shown = list(_within(compare.report(graph.store, question) for question in questions))
    told = dict.fromkeys(claim for report in shown for answer in report.answers for claim in answer.claims)
    left = [shorten(question) for question in questions[len(shown) :]]
    reports = list(map(_report, shown))
    return {"questions": reports, "more": bool(left), "not_shown": left[:MAX_ROWS]} | _claims(graph, told)


def explanation(sources: Sources, node: str) -> Found:
    """Return the chain behind a node, a line a step, and its claims; raises UsageError where it is not there."""
    graph = sources.graph
    step = graph.why(node)
    lines = step.lines()
    shown = list(_within(lines))
    found = {"node": shorten(step.node), "lines": shown, "more": len(shown) < len(lines)}
    return found | _claims(graph, graph.claims_behind(step.node))


def _rows(sources: Sources, request: QueryRequest, table: Table) -> Found:
    behind = provenance.behind(sources.graph, sources.engine, request, table)
    made = (
        {
            "values": {name: _cell(term) for name, term in zip(table.columns, row, strict=True) if term},
            "claims": [shorten(claim) for claim in claims[:MAX_ROW_CLAIMS]],
        }
        for row, claims in zip(table.rows, behind, strict=True)
    )
    rows = list(_within(made))
    more = table.more or len(rows) < len(table.rows)
    told = dict.fromkeys(claim for claims in behind[: len(rows)] for claim in claims[:MAX_ROW_CLAIMS])
    remedy = {"to_see_more": "Ask for less at a time: give parameters, or use LIMIT and OFFSET."} if more else {}
    return {"columns": list(table.columns), "rows": rows, "more": more} | remedy | _claims(sources.graph, told)


def _claims(graph: Graph, iris: Iterable[str]) -> Found:
    """Return claims in full, by their names, with document and passages, and how many more there are."""
    named = list(iris)
    found = {shorten(iri): _claim(graph, iri) for iri in named[:MAX_CLAIMS]}
    return {"claims": found, "more_claims": max(0, len(named) - MAX_CLAIMS)}


def _claim(graph: Graph, iri: str) -> Found:
    claim = asdict(graph.claim(iri))
    claim["document"] = shorten(claim["document"])
    passages = [each | {"passage": shorten(each["passage"])} for each in claim.pop("passages")]
    for passage in passages:
        del passage["document"]  # that of the claim
    return {name: value for name, value in claim.items() if value is not None and name != "claim"} | {
        "passages": [{name: value for name, value in each.items() if value is not None} for each in passages]
    }


def _report(report: Report) -> Found:
    found = asdict(report)
    found["question"] = shorten(report.question)
    for kind, names in (("answers", ("position",)), ("relations", ("node",)), ("plans", ("node",))):
        for each in found[kind]:
            each |= {name: shorten(each[name]) for name in names}
    for giver in (giver for answer in found["answers"] for giver in answer["givers"]):
        giver["claims"] = [shorten(claim) for claim in giver["claims"]]
    return found


def _within(items: Iterable[Any]) -> Iterator[Any]:
    """Yield items as long as there is room for them in an answer, the first at least."""
    room = MAX_CHARACTERS
    for number, item in enumerate(items):
        room -= len(json.dumps(item, ensure_ascii=False, default=asdict))
        if room < 0 and number:
            return
        yield item


def _beginning(answer: Answer) -> tuple[str, bool]:
    """Return the text of an answer as far as there is room for whole lines, and whether there is more."""
    read = b""
    for part in answer.body:
        read += part
        if len(read) > MAX_CHARACTERS:
            getattr(answer.body, "close", lambda: None)()
            return read[:MAX_CHARACTERS].rpartition(b"\n")[0].decode(errors="replace"), True
    return read.decode(), False


def _cell(term: Term) -> str:
    text = shorten(term.value) if term.kind == "iri" else term.value
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _taken(query: StoredQuery) -> Found:
    takes = {
        parameter.name: {
            "what": parameter.description,
            "takes": values.takes(parameter.type, PREFIXES),
            "required": parameter.required,
        }
        | ({"default": values.written(parameter.default, PREFIXES)} if parameter.default else {})
        for parameter in query.parameters
    }
    return {"name": query.name, "asks": query.comment, "group": query.group, "parameters": takes}
