"""What the pages of our classes show that no query alone can give: claims with their words, and comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from lodeclaim import reports
from lodeclaim.corpus import Text
from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue.parameters import replace
from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.web.lookup import ask, iri, words
from lodeclaim.endpoint.web.nodes import Row
from lodeclaim.endpoint.web.settings import View
from lodeclaim.hosted.quotations import Span, quote

Entry = dict[str, Term]
"""A row that is made for a page."""

_AT_ONCE = 500
"""How many claims are asked for in one query."""

_SHOWN = {"answer": "badge", "who": "who", "how": "how", "modality": "modality", "document": "document"}
"""What a page shows of a claim, by the columns of `claims.rq`."""


def named(texts: Mapping[str, Text]) -> dict[str, View]:
    """Return the views by the names that profiles mention them by; the texts are known by their digests."""
    return {
        "claim": partial(_claims_by, "claim", texts),
        # Without the words: side by side they would be the article.
        "claims-of-document": partial(_claims_by, "document", {}),
        "claims-of-passage": partial(_claims_by, "passage", texts),
        "answers": partial(_answers, texts),
        "relations": _relations,
        "refusals": _refusals,
        "plans": _plans,
        "premises": partial(_premises, texts),
        "settled": partial(_settled, texts),
    }


def _claims_by(
    kind: str, texts: Mapping[str, Text], engine: Engine, path: str, parameters: Mapping[str, str]
) -> list[Entry]:
    """Return the claims that are the resource, stand in it as a document, or rest on it as a passage."""
    text = replace(reports.text("claims"), {"claim": ""})
    claims = _by_claim(ask(engine, text, **{kind: iri(parameters["resource"])}))
    without = ("document",) if kind == "document" else ()
    return [row for same in claims.values() for row in _entry(same, texts, without)]


def _answers(texts: Mapping[str, Text], engine: Engine, path: str, parameters: Mapping[str, str]) -> list[Entry]:
    """Return the claims that answer a Question, by the positions that they take."""
    taken = ask(engine, reports.text("positions"), about=iri(parameters["resource"]))
    claims = _claims(engine, (row["claim"].value for row in taken))
    rows: list[Entry] = []
    for position, group in groupby(taken, key=lambda row: row["position"]):
        same = list(group)
        answers = list(dict.fromkeys(row["answer"].value for row in same))
        heading = {"group": position, "groupLabel": words(" / ".join(answers))}
        rows += [heading | {"groupNote": same[0]["class"]}, heading | _support(same[0])]
        without = ("answer",) if len(answers) == 1 else ()
        for name in dict.fromkeys(row["claim"].value for row in same):
            rows += [heading | row for row in _entry(claims[name], texts, without)]
    return rows


def _support(position: Row) -> Entry:
    if "count" not in position:
        return {"groupNote": words("no support that counts")}
    return {"groupNote": position["count"], "groupNoteLabel": position["support"]}


def _relations(engine: Engine, path: str, parameters: Mapping[str, str]) -> Iterator[Entry]:
    """Yield how the answers to a Question stand to one another; a relation has a row an assumption."""
    for row in ask(engine, reports.text("relations"), about=iri(parameters["resource"])):
        yield {
            "item": row["relation"],
            "answer": row["left"],
            "answerLabel": _without(row["leftLabel"], row),
            "relation": row["relation"],
            "relationLabel": row["finding"],
            "otherAnswer": row["right"],
            "otherAnswerLabel": _without(row["rightLabel"], row),
        } | ({"onlyIf": row["assumption"], "onlyIfLabel": row["assumed"]} if "assumption" in row else {})


def _refusals(engine: Engine, path: str, parameters: Mapping[str, str]) -> Iterator[Entry]:
    """Yield the Questions beside which one must not be taken for the same, each with what differs."""
    for row in ask(engine, reports.text("refusals"), about=iri(parameters["resource"])):
        yield {
            "item": row["relation"],
            "itemLabel": row["question"],
            "verdict": row["verdict"],
            "difference": row["dimension"],
        }


def _plans(engine: Engine, path: str, parameters: Mapping[str, str]) -> Iterator[Entry]:
    """Yield what became of the plans under a Question."""
    for row in ask(engine, reports.text("plans"), about=iri(parameters["resource"])):
        outcome = {"outcome": _without(row["outcome"], row)} if "outcome" in row else {}
        yield {"item": row["ledger"], "itemLabel": _without(row["plan"], row), "badge": row["finding"]} | outcome


def _premises(texts: Mapping[str, Text], engine: Engine, path: str, parameters: Mapping[str, str]) -> list[Entry]:
    """Return the claims behind a derived node, those by way of another derived node under that."""
    return _behind("premises", {"via": "group", "viaLabel": "groupLabel"}, texts, engine, parameters)


def _settled(texts: Mapping[str, Text], engine: Engine, path: str, parameters: Mapping[str, str]) -> list[Entry]:
    """Return the claims behind what is settled about a resource, by the statement."""
    names = {"value": "group", "valueLabel": "groupLabel", "property": "groupNote", "propertyLabel": "groupNoteLabel"}
    return _behind("settled", names, texts, engine, parameters)


def _behind(
    query: str, names: Mapping[str, str], texts: Mapping[str, Text], engine: Engine, parameters: Mapping[str, str]
) -> list[Entry]:
    """Return the claims that a query finds behind a resource, under what it names, by its columns."""
    resting = ask(engine, shipped.text("lodeclaim.hosted", f"{query}.rq"), resource=iri(parameters["resource"]))
    claims = _claims(engine, (row["claim"].value for row in resting))
    return [
        {to: row[name] for name, to in names.items() if name in row} | entry
        for row in resting
        for entry in _entry(claims.get(row["claim"].value, []), texts)
    ]


def _claims(engine: Engine, named: Iterable[str]) -> dict[str, list[Row]]:
    """Return what is to be shown of claims, by their IRIs: a row a passage or label."""
    iris = list(dict.fromkeys(named))
    rows: list[Row] = []
    for start in range(0, len(iris), _AT_ONCE):
        wanted = " ".join(f"<{name}>" for name in iris[start : start + _AT_ONCE])
        rows += ask(engine, replace(reports.text("claims"), {"claim": f"VALUES ?claim {{ {wanted} }}"}))
    return _by_claim(rows)


def _by_claim(rows: Iterable[Row]) -> dict[str, list[Row]]:
    claims: dict[str, list[Row]] = {}
    for row in rows:
        claims.setdefault(row["claim"].value, []).append(row)
    return claims


def _entry(rows: Sequence[Row], texts: Mapping[str, Text], without: Sequence[str] = ()) -> Iterator[Entry]:
    """Yield the rows of one claim for a page: a row a passage, then one a quotation; `without` some columns."""
    for row in rows:
        shown = {"item": row["claim"], "itemLabel": row["gloss"]}
        for column, name in _SHOWN.items():
            if column in row and column not in without:
                shown |= {name: row[column]} | (
                    {f"{name}Label": row[f"{column}Label"]} if f"{column}Label" in row else {}
                )
        characters = f"characters {row['start'].value}–{row['end'].value}"
        yield shown | {"passage": row["passage"], "passageLabel": words(characters)}
    if not rows:
        return
    spans = {row["passage"]: Span(_number(row, "start"), _number(row, "end"), row["sha256"].value) for row in rows}
    quotations = quote(texts, rows[0]["digest"].value, spans.values())
    item = {"item": rows[0]["claim"]}
    for number, line in enumerate(quotations.quoted):
        for before, quoted, after in line:
            yield item | {
                "line": words(str(number)),
                "before": words(before),
                "quoted": words(quoted),
                "after": words(after),
            }
    if not quotations.proven:
        told = "The text at hand does not bear out every passage: at these characters it has other words."
        yield item | {"alarm": words(told)}


def _without(label: Term, row: Row) -> Term:
    """Return the label of a position without that of its Question, with which it ends."""
    return Term(label.value.removesuffix(f": {row['aboutLabel'].value}"), label.kind, label.datatype, label.language)


def _number(row: Row, name: str) -> int:
    return int(row[name].value)
