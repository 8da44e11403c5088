"""Files that use names of an earlier version -> the same files with the names of today.

The table is data: `ontology/renamed.ttl` leads from each old name to the new one. Text is changed name by name, in
comments, too, and stays as its author laid it out. Turtle is given back only if it states what it stated before, read
by the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from lodeclaim import shortening, turtle
from lodeclaim.endpoint import rdf, shipped
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.sparql.tokens import Token, tokenize
from lodeclaim.endpoint.vocabularies import RDF, Namespace
from lodeclaim.findings import Finding
from lodeclaim.namespaces import FOREIGN, PREFIXES, shorten

_QUERY = shipped.text("lodeclaim", "renamed.rq")
_REPLACED_BY = FOREIGN["dcterms"] + "isReplacedBy"
_SH = Namespace(FOREIGN["sh"])
_SPARQL = frozenset([_SH.select, _SH.ask, _SH.construct, _SH.update])
_ENDINGS = frozenset([".ttl", ".rq"])
_NAME = re.compile(r"(?<![\w:<./-])([A-Za-z][\w-]*):([A-Za-z][\w-]*)")
_COMMENT = re.compile(r"[ \t]*#[^\r\n]*")
_ENDS = frozenset([";", ".", "]", "}", "{"])


@dataclass(frozen=True)
class Renaming:
    """What is called otherwise now."""

    names: Mapping[str, str]
    """The IRIs of today by the old ones."""

    types: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What the members of old classes have that are concepts now: their class, and the property to the concept."""

    def of(self, triple: ox.Triple) -> list[ox.Triple]:
        """Return what states the same as a triple in the names of today: one triple, or two for a class of old."""
        subject, predicate, value = map(self._term, (triple.subject, triple.predicate, triple.object))
        kind = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
        if triple.predicate.value == RDF.type and kind in self.types:
            of_class, property = map(ox.NamedNode, self.types[kind])
            return [ox.Triple(subject, predicate, of_class), ox.Triple(subject, property, value)]
        return [ox.Triple(subject, predicate, value)]

    def _term(self, term: Any) -> Any:  # noqa: ANN401 - any kind of term, and of that kind
        return ox.NamedNode(self.names.get(term.value, term.value)) if isinstance(term, ox.NamedNode) else term


@dataclass(frozen=True)
class Upgrade:
    """A file as it is to be, and what a person has to change in it."""

    path: Path
    text: str
    names: tuple[str, ...]
    """The old names in it, as they are written; those in comments are changed and not counted."""

    findings: tuple[Finding, ...]
    is_changed: bool
    claims: int = 0
    """The claims that are said in the short form where they were written out."""


def read(ontology: ox.Store) -> Renaming:
    """Return the renaming that an ontology tells (`dcterms:isReplacedBy`, `build:valueOf`)."""
    rows = list(cast(ox.QuerySolutions, ontology.query(_QUERY, use_default_graph_as_union=True)))
    return Renaming(
        {row["old"].value: row["new"].value for row in rows},
        {row["old"].value: (row["class"].value, row["property"].value) for row in rows if row["property"]},
    )


def files(folder: Path) -> list[Path]:
    """Return the Turtle files, queries, rules and checks below a folder, sorted; none of hidden folders."""
    every = (path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())
    return sorted(path for path in every if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def upgraded(path: Path, renaming: Renaming) -> Upgrade:
    """Return a file in the names of today; raises SourceError where it is no Turtle or SPARQL, or cannot be read."""
    text = rdf.read_text(path)
    is_turtle = path.suffix.lower() == ".ttl"
    stated = [quad.triple for quad in rdf.parse(path)] if is_turtle else []
    # What a table of old names is about keeps its name.
    kept = {str(triple.subject)[1:-1] for triple in stated if triple.predicate.value == _REPLACED_BY}
    changing = Renaming({old: new for old, new in renaming.names.items() if old not in kept}, renaming.types)
    try:
        draft = _Draft(text, changing, str(path), is_query=not is_turtle)
    except QueryError as error:
        raise SourceError(f"{path}: {error.where}", error.found, error.remedy) from error
    result = draft.text()
    left = _left(path, stated, result, changing) if is_turtle else []
    # Of classes that are concepts the draft tells more, with the line.
    told = [finding for finding in left if not (draft.findings and finding.found.startswith(_classes(renaming)))]
    return Upgrade(path, result, tuple(draft.names), (*draft.findings, *told), result != text)


def shortened(change: Upgrade) -> Upgrade:
    """Return an upgraded file of a document, which lies in a folder `documents`, with its claims in the short form.

    Another is returned as it is, such as an export, which is for stores.
    """
    if change.path.suffix.lower() != ".ttl" or change.path.absolute().parent.name != "documents":
        return change
    short = shortening.shortened(change.text, str(change.path))
    is_changed = change.is_changed or short.text != change.text
    return replace(change, text=short.text, claims=short.claims, is_changed=is_changed)


def query(text: str, renaming: Renaming) -> str:
    """Return a query in the names of today; raises QueryError where it is no SPARQL."""
    return _Draft(text, renaming, "the query", is_query=True).text()


def outdated(paths: Iterable[Path], renaming: Renaming) -> list[Finding]:
    """Return a finding for each file that has names of earlier versions; raises as `upgraded` does."""
    found = []
    for path in paths:
        told = upgraded(path, renaming)
        if names := told.names:
            others = f", and {len(names) - 1} more" if len(names) > 1 else ""
            what = f"it has names of an earlier version: {names[0]}{others}"
            found.append(Finding(str(path), "renamed-term", what, "Run lodeclaim upgrade with your folder"))
        found += told.findings
    return found


def _classes(renaming: Renaming) -> tuple[str, ...]:
    return tuple(f"{shorten(name)} " for name in renaming.types)


def _left(path: Path, stated: Sequence[ox.Triple], after: str, renaming: Renaming) -> list[Finding]:
    """Return a finding for each old name that a Turtle text still has, as those are that stand against a base.

    Raises SourceError where it does not state what was stated before, read by the renaming.
    """
    try:
        written = [quad.triple for quad in ox.parse(after, format=ox.RdfFormat.TURTLE)]
    except SyntaxError:
        written = None
    # What is left of old names is read in the same way on both sides.
    if written is None or _meaning(stated, renaming) != _meaning(written, renaming):
        remedy = "Rename by hand, by ontology/renamed.ttl, and tell us of it"
        raise SourceError(str(path), "with new names it would not state what it states", remedy)
    terms = [term for triple in written for term in (triple.subject, triple.predicate, triple.object)]
    old = {term.value for term in terms if isinstance(term, ox.NamedNode)} & renaming.names.keys()
    for text in (triple.object.value for triple in written if triple.predicate.value in _SPARQL):
        old |= {PREFIXES.get(match[1], "") + match[2] for match in _NAME.finditer(text)} & renaming.names.keys()
        old |= {name for name in renaming.names if f"<{name}>" in text}
    return [
        Finding(
            str(path),
            "renamed-term",
            f"{shorten(name)} is still in it, written in a way that is not changed by itself",
            f"Change it by hand: it is {shorten(renaming.names[name])} now",
        )
        for name in sorted(old)
    ]


def _meaning(triples: Iterable[ox.Triple], renaming: Renaming) -> ox.Dataset:
    """Return what is stated in new names; queries are text, and changed as such."""
    facts = (triple for triple in triples if triple.predicate.value not in _SPARQL)
    return rdf.meaning(other for triple in facts for other in renaming.of(triple))


class _Draft:
    """A text of Turtle or SPARQL, the names that it declares, and the places where it is to be another.

    A query of the project may leave out the declarations of its prefixes; one in a string may have them elsewhere.
    """

    def __init__(
        self, text: str, renaming: Renaming, where: str, *, is_query: bool, line: int = 1, newline: str | None = None
    ) -> None:
        self.findings: list[Finding] = []
        self.names: list[str] = []
        self._source = text
        self._renaming = renaming
        self._where = where
        self._is_query = is_query
        self._line = line
        self._is_inner = newline is not None
        self._newline = newline if newline is not None else "\r\n" if "\r\n" in text else "\n"
        self._tokens = list(tokenize(text))
        self._declarations = [at for at in range(len(self._tokens)) if turtle.declares(self._tokens, at)]
        self._prefixes: dict[str, str] = {}
        self._added: dict[str, str] = {}
        self._edits: list[tuple[int, int, str]] = []
        self._read()

    def text(self) -> str:
        """Return the text with its edits."""
        return turtle.edited(self._source, [*self._edits, *self._declared()])

    def _read(self) -> None:
        after = 0
        declaring = {part for at in self._declarations for part in (at + 1, at + 2)}
        for at, token in enumerate(self._tokens):
            self._read_comment(after, token.offset)
            after = token.end
            if at in declaring:
                if token.kind == "name":
                    self._prefixes[token.text[:-1]] = self._tokens[at + 1].text[1:-1]
            elif token.kind in {"name", "iri"}:
                self._read_name(at, token)
            elif token.kind == "string" and at and self._iri(self._tokens[at - 1]) in _SPARQL:
                self._read_query(token)
        self._read_comment(after, len(self._source))

    def _read_comment(self, start: int, end: int) -> None:
        for match in _NAME.finditer(self._source, start, end):
            if (new := self._renaming.names.get(self._namespace(match[1]) + match[2])) is not None:
                self._edits.append((match.start(), match.end(), shorten(new)))

    def _read_name(self, at: int, token: Token) -> None:
        old = self._iri(token)
        if (new := self._renaming.names.get(old)) is None:
            return
        if old not in self._renaming.types:
            self.names.append(token.text)
            self._edits.append((token.offset, token.end, self._name(new, token)))
            return
        of_class, property = self._renaming.types[old]
        end = self._end_of_types(at)
        if end is None:
            stated = f"{shorten(property)} {shorten(new)}"
            found = f"{token.text} is no class any more: its members have {stated}"
            remedy = f"It was left as it is: say by hand that what is meant is a {shorten(of_class)} with {stated}"
            place = f"{self._where}, line {self._line + token.position.line - 1}"
            self.findings.append(Finding(place, "class-that-is-a-concept", found, remedy))
            return
        self.names.append(token.text)
        self._edits.append((token.offset, token.end, self._name(of_class, token)))
        self._edits.append((end, end, f" ; {self._name(property, token)} {self._name(new, token)}"))

    def _end_of_types(self, at: int) -> int | None:
        """Return the offset behind the types of which a token is one; None where they are not a list of names."""
        first = at
        while first > 1 and self._tokens[first - 1].text == "," and self._tokens[first - 2].kind in {"name", "iri"}:
            first -= 2
        verb = self._tokens[first - 1] if first else None
        if verb is None or not (verb.text == "a" or self._iri(verb) == RDF.type):
            return None
        if first > 1 and self._tokens[first - 2].text in {"/", "|", "^", "!"}:
            return None
        last = at
        while last + 2 < len(self._tokens) and self._tokens[last + 1].text == ",":
            last += 2
            if self._tokens[last].kind not in {"name", "iri"}:
                return None
        ends = last + 1 == len(self._tokens) or self._tokens[last + 1].text in _ENDS
        return self._tokens[last].end if ends or self._tokens[last + 1].word else None

    def _read_query(self, token: Token) -> None:
        """Upgrade a query that stands in a string, as SHACL-SPARQL has it; one with escapes that matter stays."""
        quote = 3 if token.text[:3] in {'"""', "'''"} else 1
        line = self._line + token.position.line - 1
        newline = "\n" if quote == 3 else " "
        try:
            draft = _Draft(
                token.text[quote:-quote], self._renaming, self._where, is_query=True, line=line, newline=newline
            )
        except QueryError:
            return  # what is left of old names in it is told
        self._edits.append((token.offset + quote, token.end - quote, draft.text()))
        self.names += draft.names
        self.findings += draft.findings

    def _namespace(self, prefix: str) -> str:
        return self._prefixes.get(prefix, PREFIXES.get(prefix, "") if self._is_query else "")

    def _iri(self, token: Token) -> str:
        return turtle.iri(token, {**PREFIXES, **self._prefixes} if self._is_query else self._prefixes)

    def _name(self, iri: str, token: Token) -> str:
        """Return how an IRI is written in the place of a name: in full if that is, or with a prefix.

        One that is wanting is added where prefixes are declared, unless its name is taken.
        """
        namespace, local = split(iri)
        is_declared = token.text.partition(":")[0] in self._prefixes
        if token.kind == "iri" or not (is_declared or not self._is_inner):
            return f"<{iri}>"
        if not is_declared:
            return shorten(iri)
        declared = {**self._prefixes, **self._added}
        for prefix, other in declared.items():
            if other == namespace:
                return f"{prefix}:{local}"
        prefix = next((prefix for prefix, other in PREFIXES.items() if other == namespace), "")
        later = {self._tokens[at + 1].text[:-1] for at in self._declarations}
        if not prefix or prefix in declared or prefix in later:
            return f"<{iri}>"
        self._added[prefix] = namespace
        return f"{prefix}:{local}"

    def _declared(self) -> Iterator[tuple[int, int, str]]:
        """Yield the declarations to add, each where the order of those has it that stand before all else."""
        header = list(_header(self._tokens))
        for prefix, namespace in sorted(self._added.items()):
            following = [at for at in header if self._tokens[at + 1].text[:-1] > prefix]
            model = self._tokens[(following[:1] or header[-1:] or self._declarations)[0]]
            dot = " ." if model.kind == "language" else ""
            written = f"{model.text} {prefix}: <{namespace}>{dot}"
            if header and not following:
                last = self._tokens[header[-1] + (3 if dot else 2)]
                place = _COMMENT.match(self._source, last.end)
                end = place.end() if place else last.end
                yield end, end, f"{self._newline}{written}"
            else:
                start = model.offset if following else self._tokens[0].offset
                yield start, start, f"{written}{self._newline}"


def _header(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield where the declarations begin that stand before all else."""
    at = 0
    while at < len(tokens):
        if turtle.declares(tokens, at):
            yield at
            at += 3
        elif tokens[at].text.lower() in {"@base", "base"}:
            at += 2
        elif tokens[at].text == ".":
            at += 1
        else:
            return
