"""What documents say on a Question, set side by side; and what changes if a source or a policy is taken away."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from lodeclaim import naming, reports
from lodeclaim.endpoint.catalogue import stored, values
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.engines.fulltext import Hits
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.namespaces import LC, PREFIXES, shorten


@dataclass(frozen=True)
class Giver:
    """Who gives an answer in which document (labels), in the words printed there, and the IRIs of the claims."""

    who: str
    document: str
    printed: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class ComparedAnswer:
    """One position (its IRI): its answers as printed, class of modality, support, and who gives it where.

    `minimum` and `maximum` are the numbers of independent origins, 0 where none counts.
    """

    position: str
    answers: tuple[str, ...]
    modality: str
    support: str
    minimum: int
    maximum: int
    givers: tuple[Giver, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """The IRIs of all claims that give it."""
        return tuple(claim for giver in self.givers for claim in giver.claims)

    @property
    def who(self) -> tuple[str, ...]:
        """Everybody who gives it, once."""
        return tuple(dict.fromkeys(giver.who for giver in self.givers))

    @property
    def documents(self) -> tuple[str, ...]:
        """Every document that has it, once."""
        return tuple(dict.fromkeys(giver.document for giver in self.givers))


@dataclass(frozen=True)
class Relation:
    """How two positions stand to one another, and the assumptions (IRI, in words) without which they do not.

    Of a refinement the left one is the narrower: it refines the right one.
    """

    node: str
    finding: str
    left: str
    right: str
    refines: bool
    assumptions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """What became of a plan, and the position that is its outcome, in words; `node` is the IRI of the entry."""

    node: str
    finding: str
    plan: str
    outcome: str | None


@dataclass(frozen=True)
class Refusal:
    """A near-miss Question, in words: whether its answers may be compared all the same, and in what it differs."""

    question: str
    verdict: str
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Alarm:
    """What a person should look at: a measure slip, a sum, a lineage of quotations."""

    node: str
    kind: str
    text: str


@dataclass(frozen=True)
class Report:
    """All that is to be said on one Question (an IRI)."""

    question: str
    label: str
    answers: tuple[ComparedAnswer, ...]
    relations: tuple[Relation, ...]
    plans: tuple[Plan, ...]
    refusals: tuple[Refusal, ...]
    alarms: tuple[Alarm, ...]

    @property
    def derived(self) -> tuple[str, ...]:
        """The IRIs of the relations, plans and alarms, each of which has a chain of rules behind it."""
        others = (*(plan.node for plan in self.plans), *(alarm.node for alarm in self.alarms))
        return tuple(dict.fromkeys((*(relation.node for relation in self.relations), *others)))


@dataclass(frozen=True)
class Change:
    """One node that differs between two graphs: `before` or `after` is None where only the other graph has it."""

    kind: str
    node: str
    label: str
    before: str | None
    after: str | None


def find(store: ox.Store, wanted: str | None, search: Callable[[str], Hits] = lambda words: Hits(())) -> list[str]:
    """Return the IRIs of the Questions meant: one by its name, those of a topic by its name, or those with the words.

    Where no Question is asked in all the words, those of claims and topics are meant that a search finds by them.
    Without `wanted`, every Question with more than one position. Raises UsageError where nothing fits.
    """
    known = reports.rows(store, "questions")
    if wanted is None:
        return list(dict.fromkeys(row["question"] for row in known if int(row["positions"]) > 1))
    if not known:
        remedy = "Take a graph that lodeclaim build has written, or leave --graph out"
        raise UsageError(values.shown(wanted), "the graph holds no Question", remedy)
    for column, of_class in (("question", LC.Question), ("topic", LC.Topic)):
        named = naming.find(store, [of_class], wanted)
        if found := [row["question"] for row in known if row[column] in named]:
            return list(dict.fromkeys(found))
    words = re.findall(r"\w+", wanted.lower())
    found = [row["question"] for row in known if words and all(word in row["label"].lower() for word in words)]
    if not found and words and ":" not in wanted:  # which would be the name of something else
        found = _searched(store, known, search(wanted))
    if not found and (other := _other_things(store, wanted)) is not None:
        raise other
    if not found:
        remedy = "Try one word, such as lodeclaim compare China"
        near = naming.nearest(store, [LC.Question, LC.Topic], wanted)
        raise UsageError(
            values.shown(wanted), "no Question or topic of that name, and no Question with these words", remedy + near
        )
    return list(dict.fromkeys(found))


def _searched(store: ox.Store, known: Iterable[dict[str, str]], found: Hits) -> list[str]:
    """Return the Questions that were found by all words: by their own, or by those of a claim or topic of theirs."""
    questions: list[str] = []
    for hit in found.hits if found.all_words else ():
        asked = store.quads_for_pattern(ox.NamedNode(hit.iri), ox.NamedNode(LC.question), None)
        questions += [quad.object.value for quad in asked if isinstance(quad.object, ox.NamedNode)]
        questions += [row["question"] for row in known if hit.iri in (row["question"], row["topic"])]
    return questions


_MOST_WORDS = 8
"""How many words are looked up each by itself, where all of them together are no Question."""


def _other_things(store: ox.Store, wanted: str) -> UsageError | None:
    """Return what to say of names of other things than Questions and topics: which command tells of them."""
    known = stored.catalogue(naming.engine(store))
    queries = sorted(known, key=lambda query: (not query.name.startswith("claims-"), query.name))
    told: dict[str, tuple[str, str]] = {}
    for name in dict.fromkeys((wanted, *wanted.split()[:_MOST_WORDS])):
        if (thing := _thing(store, name, queries)) is not None:
            told[name] = thing
    if not told:
        return None
    kinds = {kind for kind, _ in told.values()}
    first, command = next(iter(told.values()))
    names = " and ".join(f"`{values.shown(name)}`" for name in told)
    if len(told) > 1 and len(kinds) == 1:
        what = f"{names} are {first}s"
    else:
        articles = {kind: f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" for kind in kinds}
        what = " and ".join(f"`{values.shown(name)}` is {articles[kind]}" for name, (kind, _) in told.items())
    found = f"{what}, and compare takes a Question, a topic, or words of a Question"
    others = ", and so of the others" if len(told) > 1 else ""
    remedy = f"Ask {command}{others}. Without words compare shows every Question with several answers"
    return UsageError(values.shown(wanted), found, remedy)


def _thing(store: ox.Store, name: str, queries: Iterable[StoredQuery]) -> tuple[str, str] | None:
    """Return what the thing of a name is, and which command tells of it; None where the graph has none."""
    if claims := naming.find(store, [LC.Claim], name):
        asked = store.quads_for_pattern(ox.NamedNode(claims[0]), ox.NamedNode(LC.question), None)
        questions = [quad.object.value for quad in asked if isinstance(quad.object, ox.NamedNode)]
        why = f"lodeclaim query why --param node={shorten(claims[0])}"
        return "claim", f"lodeclaim compare {shorten(questions[0])}" if questions else why
    for query in queries:
        for parameter in query.parameters:
            of_class = parameter.type.of_class
            if of_class in (None, LC.Question, LC.Topic) or not naming.find(store, [of_class], name):
                continue
            kind = reports.rows(store, "node", of_class)[0]["label"]
            value = shlex.quote(f"{parameter.name}={values.shown(name)}")
            command = f"lodeclaim query {query.name} --param {value}"
            if of_class == LC.Document:
                command += f", or lodeclaim export --document {shlex.quote(values.shown(name))}"
            return kind, command
    return None


def report(store: ox.Store, question: str) -> Report:
    """Return what is to be said on the Question with this IRI."""
    label = reports.rows(store, "node", question)[0]["label"]
    refusals = [
        (row["question"], row["verdict"], row["dimension"]) for row in reports.rows(store, "refusals", question)
    ]
    return Report(
        question=question,
        label=label,
        answers=tuple(_answers(reports.rows(store, "positions", question))),
        relations=tuple(_relations(reports.rows(store, "relations", question))),
        plans=tuple(
            Plan(row["ledger"], row["finding"], row["plan"], row.get("outcome"))
            for row in reports.rows(store, "plans", question)
        ),
        refusals=tuple(
            Refusal(other, verdict, tuple(row[2] for row in group))
            for (other, verdict), group in groupby(refusals, key=lambda row: row[:2])
        ),
        alarms=tuple(Alarm(row["node"], row["kind"], row["text"]) for row in reports.rows(store, "alarms", question)),
    )


def _answers(rows: list[dict[str, str]]) -> Iterable[ComparedAnswer]:
    for position, group in groupby(rows, key=lambda row: row["position"]):
        claims = list(group)
        first = claims[0]
        yield ComparedAnswer(
            position=position,
            answers=_distinct(claims, "answer"),
            modality=first["class"],
            support=first.get("support", "none that counts"),
            minimum=int(first.get("minimum", 0)),
            maximum=int(first.get("maximum", 0)),
            givers=tuple(_givers(claims)),
        )


def _givers(rows: list[dict[str, str]]) -> Iterable[Giver]:
    said: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        said.setdefault((row["who"], row["document"], row["answer"]), []).append(row["claim"])
    for (who, document, printed), claims in said.items():
        yield Giver(who, document, printed, tuple(dict.fromkeys(claims)))


def _relations(rows: list[dict[str, str]]) -> Iterable[Relation]:
    for node, group in groupby(rows, key=lambda row: row["relation"]):
        same = list(group)
        first = same[0]
        refines = first["type"] == PREFIXES["relation"] + "refines" and "narrower" in first
        sides = (first["leftLabel"], first["rightLabel"])
        left, right = sides[::-1] if refines and first["narrower"] == first["right"] else sides
        yield Relation(
            node=node,
            finding=first["finding"],
            left=left,
            right=right,
            refines=refines,
            assumptions=tuple((row["assumption"], row["assumed"]) for row in same if "assumption" in row),
        )


def _distinct(rows: list[dict[str, str]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row[name] for row in rows))


def difference(before: ox.Store, after: ox.Store) -> list[Change]:
    """Return the positions (with their support), relations, plans and sums in which two graphs differ."""
    old, new = _snapshot(before), _snapshot(after)
    return [
        Change(*key, (new.get(key) or old[key])[0], _said(old.get(key)), _said(new.get(key)))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _snapshot(store: ox.Store) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (row["kind"], row["node"]): (row["label"], row.get("finding", "stated"))
        for row in reports.rows(store, "snapshot")
    }


def _said(entry: tuple[str, str] | None) -> str | None:
    return entry[1] if entry else None


def assumptions(store: ox.Store, words: Iterable[str]) -> frozenset[str]:
    """Return the IRIs of the assumptions of these names, or whose labels hold the words.

    Raises UsageError where one fits none.
    """
    known = reports.rows(store, "assumptions")
    found: set[str] = set()
    for text in words:
        named = naming.find(store, [LC.Assumption], text)
        fitting = named or [
            row["assumption"] for row in known if text.strip() and text.lower() in row["label"].lower()
        ]
        if not fitting:
            known_ones = "; ".join(dict.fromkeys(row["label"] for row in known)) or "none in this graph"
            raise UsageError(f"--assume {values.shown(text)!r}", "no such assumption", f"Known: {known_ones}")
        found |= set(fitting)
    return frozenset(found)


def source(store: ox.Store, written: str) -> str:
    """Return the IRI of what can be withdrawn, by its name; raises UsageError where it is unknown or ambiguous."""
    kinds = [LC.Document, LC.NewsAgency, LC.CitedSource, LC.Utterance, LC.Claim]
    # An outlet can be credited as an agency without being one.
    credited = store.quads_for_pattern(None, ox.NamedNode(LC.creditsAgency), None)
    agencies = {quad.object.value for quad in credited if isinstance(quad.object, ox.NamedNode)}
    found = [iri for iri in naming.find(store, [LC.Actor], written) if iri in agencies]
    if len(found) == 1 and not naming.find(store, kinds, written):
        return found[0]
    return naming.one(store, kinds, written, "document, agency, cited source, utterance or claim", "--without")


def withdrawn(store: ox.Store, source: str) -> set[str]:
    """Return the claims that fall if a document, news agency, cited source, utterance or claim (IRI) is withdrawn.

    With an agency fall the claims of every document that credits it. Raises UsageError where none falls.
    """
    node = ox.NamedNode(source)

    def subjects(predicate: str, value: ox.NamedNode) -> list[ox.NamedNode]:
        found = store.quads_for_pattern(None, ox.NamedNode(LC + predicate), value)
        return [quad.subject for quad in found if isinstance(quad.subject, ox.NamedNode)]

    documents = [node, *subjects("creditsAgency", node)]
    claims = {source, *(claim.value for document in documents for claim in subjects("document", document))}
    claims |= {claim.value for kind in ("utterance", "citedSource") for claim in subjects(kind, node)}
    # Rules hang passages and segments on their document too; withdrawing is about claims.
    claims &= {
        quad.subject.value
        for quad in store.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(LC.Claim))
        if isinstance(quad.subject, ox.NamedNode)
    }
    if not claims:
        raise UsageError(
            shorten(source), "no claim goes back to it", "Give a document, agency, cited source, utterance or claim"
        )
    return claims
