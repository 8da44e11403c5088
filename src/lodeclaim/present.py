"""Reports of the comparison as text that a person can read in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from lodeclaim.compare import Change, Relation, Report
from lodeclaim.endpoint.engines.fulltext import Hits
from lodeclaim.namespaces import shorten
from lodeclaim.tables import Grid, Sheet, printable


def report(found: Report, assumed: frozenset[str]) -> RenderableType:
    """Return a Question with its answers, and below them the relations, plans, refusals and alarms.

    `assumed` are the IRIs of assumptions that the reader shares: what rests on them alone is shown as holding.
    """
    rows = [
        (giver.printed, answer.modality, answer.support, giver.who, giver.document)
        for answer in found.answers
        for giver in answer.givers
    ]
    table = Grid(("answer", "modality", "independent origins", "who", "document"), rows, edge=True)
    notes = (printable(f"  {line}") for line in _notes(found, assumed))
    return Group(printable(found.label, "bold"), table, *notes)


def _notes(found: Report, assumed: frozenset[str]) -> Iterator[str]:
    for relation in found.relations:
        left, right = _short(relation.left, found), _short(relation.right, found)
        said = f"{left} refines {right}" if relation.refines else f"{relation.finding}: {left} | {right}"
        yield said + _given(relation, assumed)
    for plan in found.plans:
        outcome = f" | {_short(plan.outcome, found)}" if plan.outcome else ""
        yield f"plan {plan.finding}: {_short(plan.plan, found)}{outcome}"
    for alarm in found.alarms:
        yield f"alarm, {alarm.kind}: {alarm.text}"
    for refusal in found.refusals:
        differs = ", ".join(dimension.removesuffix(" dimension") for dimension in refusal.dimensions)
        yield f"{refusal.verdict}: {refusal.question} (differs in {differs})"


def nothing_to_explain(found: Report) -> str:
    """Return in words why there is no chain of rules under a Question."""
    match len(found.answers):
        case 0:
            return "nothing to explain: no document answers this Question"
        case 1:
            said = ", ".join(shorten(claim) for claim in found.answers[0].claims)
            return f"nothing to explain: with one answer there is no relation. It is that of {said}"
        case many:
            return f"nothing to explain: no rule relates these {many} answers"


def _short(label: str, found: Report) -> str:
    return label.removesuffix(f": {found.label}")


def _given(relation: Relation, assumed: frozenset[str]) -> str:
    if not relation.assumptions:
        return ""
    open_ones = [words for iri, words in relation.assumptions if iri not in assumed]
    if open_ones:
        return f" — only if {' and '.join(open_ones)}"
    return f" — given that {' and '.join(words for _, words in relation.assumptions)}"


def changes(found: Sequence[Change]) -> RenderableType:
    """Return what differs between two graphs as one table, or words that say that nothing does."""
    if not found:
        return Text("Nothing changes.")
    rows = [(change.kind, change.label, change.before or "—", change.after or "—") for change in found]
    return Grid(("what", "which", "before", "after"), rows, edge=True)


def answers(reports: Iterable[Report]) -> Sheet:
    """Return the answers to Questions as rows, one for each who gives one in a document; claims are IRIs."""
    columns = ("question", "asked", "answer", "modality", "minimum", "maximum", "who", "document", "claims")
    rows = [
        (
            report.question,
            report.label,
            giver.printed,
            answer.modality,
            answer.minimum,
            answer.maximum,
            giver.who,
            giver.document,
            " ".join(giver.claims),
        )
        for report in reports
        for answer in report.answers
        for giver in answer.givers
    ]
    return Sheet(columns, rows)


def hits(found: Hits) -> Sheet:
    """Return what a search has found as rows."""
    rows = [(hit.iri, hit.kind, hit.label, hit.excerpt) for hit in found.hits]
    return Sheet(("iri", "kind", "label", "excerpt"), rows)


def hits_shown(found: Hits) -> RenderableType:
    """Return what a search has found for a person, with what there is to say of it."""
    if not found.hits:
        return Text("Nothing has any of these words. Try another, or a shorter one.")
    said = [] if found.all_words else [Text("Nothing has all of these words. These have some of them:")]
    rows = [(hit.kind, shorten(hit.iri), hit.label, hit.excerpt) for hit in found.hits]
    more = [Text("There are more: add a word, or --limit.")] if found.more else []
    return Group(*said, Grid(("kind", "name", "label", "found in"), rows), *more)


def differences(found: Iterable[Change]) -> Sheet:
    """Return what differs between two graphs as rows; without a value before or after what only one graph has."""
    rows = [(change.kind, change.node, change.label, change.before, change.after) for change in found]
    return Sheet(("kind", "node", "label", "before", "after"), rows)
