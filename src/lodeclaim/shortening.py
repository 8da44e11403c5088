"""A document's file with passages and selectors written out -> the same file in the short form.

Statements are changed where they stand; comments, order and layout of the rest stay. What comes out is read by
`shortform`, and given back only if that makes the same triples of it.
"""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pyoxigraph as ox

from lodeclaim import shortform, turtle
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.vocabularies import RDF, XSD
from lodeclaim.namespaces import FOREIGN, LC, PREFIXES
from lodeclaim.turtle import Pair, Statement

WIDTH = 118
"""Characters of a line; a longer one with a text in it is broken, which the reader of the short form takes back."""

NOTE = "# In the short form: what a triple store should load is what lodeclaim export writes."

_OA_SOURCE, _OA_SELECTOR, _OA_START, _OA_END = (
    FOREIGN["oa"] + name for name in ("hasSource", "hasSelector", "start", "end")
)
_SELECTOR = {RDF.type, _OA_START, _OA_END}
_PASSAGE = {RDF.type, _OA_SOURCE, _OA_SELECTOR, LC.sha256}
_USED_UP = (PREFIXES["passage"], PREFIXES["selector"], FOREIGN["oa"])
_MANY = 3
"""Claims that say the same before it is said once: fewer would need as many lines as they save."""

_CLOSING = 12
"""Room for what ends a text: quotation marks, language and semicolon."""


@dataclass(frozen=True)
class Shortened:
    """A text in the short form, and the number of claims that it shortens."""

    text: str
    claims: int


def shortened(text: str, where: str) -> Shortened:
    """Return a Turtle text in the short form; one that cannot be said so stays as it is.

    That is one that is about no document, or several, that declares prefixes between its statements, or that would
    come to mean something else. Raises SourceError where it is no Turtle.
    """
    claims, meant = 0, shortform.expanded(text, where)
    try:
        # What is shortened can make a line too long, and what is moved, too.
        while (shorter := _once(text, meant)).text != text:
            if rdf.meaning(shortform.expanded(shorter.text, where)) != rdf.meaning(meant):
                break
            text, claims = shorter.text, claims + shorter.claims
    except (SourceError, QueryError):
        pass
    return Shortened(text, claims)


def _once(text: str, before: list[ox.Triple]) -> Shortened:
    documents = {t.subject for t in before if t.predicate.value == RDF.type and t.object == ox.NamedNode(LC.Document)}
    declarations, statements = turtle.read(text)
    names = [each.prefix for each in declarations]
    is_headed = not statements or all(each.end <= statements[0].start for each in declarations)
    if len(documents) != 1 or len(set(names)) != len(names) or not is_headed:
        return Shortened(text, 0)
    draft = _Draft(text, before, _key(*documents))
    return Shortened(_without_idle_prefixes(draft.text(), text), draft.claims)


class _Draft:
    """A text about one document, and the places where it is to be another."""

    def __init__(self, text: str, triples: Iterable[ox.Triple], document: str) -> None:
        self.claims = 0
        self._source = text
        self._document = document
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._declarations, self._statements = turtle.read(text)
        self._comments = [start for start, _ in turtle.comments(text)]
        self._edits: list[tuple[int, int, str]] = []
        self._facts: dict[str, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._uses: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """By what is referred to: the subjects and predicates that do."""

        for triple in triples:
            if isinstance(triple.object, ox.Triple):
                continue
            self._facts[_key(triple.subject)][triple.predicate.value].append(triple.object)
            self._uses[_key(triple.object)].add((_key(triple.subject), triple.predicate.value))
        self._by_subject: dict[str, list[Statement]] = defaultdict(list)
        for statement in self._statements:
            self._by_subject[statement.subject].append(statement)
        self._shorten()

    def text(self) -> str:
        """Return the text with its edits."""
        text = turtle.edited(self._source, self._edits)
        last = max((end for _, end, _ in self._edits), default=0)
        # Where what stood last is gone, so is the empty line before it.
        return text if self._source[last:].strip() or not last else text.rstrip() + self._newline

    def _shorten(self) -> None:
        selectors = {iri: span for iri in self._facts if (span := self._span_of_selector(iri))}
        passages = self._removable(
            {iri: span for iri in self._facts if (span := self._span_of_passage(iri, selectors))}
        )
        unused = {iri: {user for user, _ in self._uses[iri] if user not in passages} for iri in selectors}
        for statement in self._statements:
            kinds = {kind.value for kind in self._facts[statement.subject][RDF.type]}
            for pair in statement.pairs:
                is_claim = pair.predicate == LC.evidence and LC.Claim in kinds
                if is_claim and all(one.iri in passages for one in pair.objects):
                    self._replace(statement, pair, [passages[one.iri] for one in pair.objects])
                    self.claims += 1
                elif pair.predicate == _OA_SELECTOR and kinds & {LC.Segment, LC.Omission} and len(pair.objects) == 1:
                    iri = pair.objects[0].iri
                    if iri in selectors and self._is_plain(pair.start, pair.end):
                        self._replace(statement, pair, [selectors[iri]])
                        unused[iri].discard(statement.subject)
        for iri in [*passages, *(iri for iri, users in unused.items() if not users and self._uses[iri])]:
            (statement,) = self._by_subject[iri]
            self._edits.append((statement.start, self._next(statement.end), ""))
        self._say_once()
        for statement in self._statements:
            for pair in statement.pairs if statement.subject not in passages else ():
                self._break_lines(pair)
        if self.claims and NOTE not in self._source:
            self._edits.append(self._note())

    # What can be shortened.

    def _is_plain(self, start: int, end: int) -> bool:
        """Return whether no comment stands between two offsets."""
        at = bisect_left(self._comments, start)
        return at == len(self._comments) or self._comments[at] >= end

    def _line_end(self, offset: int) -> int:
        at = self._source.find("\n", offset)
        return len(self._source) if at < 0 else at

    def _parts(self, iri: str) -> set[str] | None:
        """Return the predicates of the one statement about a node, each with one object; None where it is not so."""
        about = self._by_subject.get(iri, [])
        if len(about) != 1 or not iri or not self._is_plain(about[0].start, about[0].end):
            return None
        pairs = about[0].pairs
        names = {pair.predicate for pair in pairs}
        return names if len(names) == len(pairs) and all(len(pair.objects) == 1 for pair in pairs) else None

    def _span_of_selector(self, iri: str) -> str | None:
        if self._parts(iri) != _SELECTOR:
            return None
        first, last = (self._facts[iri][name][0] for name in (_OA_START, _OA_END))
        start, end = first.value, last.value
        if any(not isinstance(each, ox.Literal) or each.datatype.value != XSD.integer for each in (first, last)):
            return None
        if not shortform.SPAN.fullmatch(f"{start}-{end}") or int(start) >= int(end):
            return None
        is_usual = iri == shortform.selector(self._document, int(start), int(end))
        kinds = {kind.value for kind in self._facts[iri][RDF.type]}
        return f"{start}-{end}" if is_usual and kinds == {FOREIGN["oa"] + "TextPositionSelector"} else None

    def _span_of_passage(self, iri: str, selectors: dict[str, str]) -> str | None:
        facts = self._facts[iri]
        if self._parts(iri) not in (_PASSAGE, _PASSAGE | {LC.crossesSentenceEnd}):
            return None
        of = selectors.get(facts[_OA_SELECTOR][0].value)
        if of is None or facts[_OA_SOURCE][0].value != self._document or facts[RDF.type][0].value != LC.Passage:
            return None
        digest = facts[LC.sha256][0]
        if digest != ox.Literal(digest.value):
            return None
        span = f"{of} {digest.value}"
        is_usual = iri == shortform.passage(self._document, *map(int, of.split("-")))
        return span if is_usual and shortform.SPAN.fullmatch(span) else None

    def _removable(self, spans: dict[str, str]) -> dict[str, str]:
        """Return those passages that only claims refer to, each of which can be said to have only such."""
        lists = {
            statement.subject: [one.iri for one in pair.objects]
            for statement in self._statements
            for pair in statement.pairs
            if pair.predicate == LC.evidence
            and self._is_plain(pair.start, pair.end)
            and ox.NamedNode(LC.Claim) in self._facts[statement.subject][RDF.type]
        }
        kept = dict(spans)
        while True:
            lasting = {
                iri: span
                for iri, span in kept.items()
                if self._uses[iri]
                and all(
                    predicate == LC.evidence
                    and len(lists.get(user, ())) == len(self._facts[user][LC.evidence])
                    and all(other in kept for other in lists[user])
                    and (
                        LC.crossesSentenceEnd not in self._facts[iri] or len(lists[user]) == 1 == len(self._uses[iri])
                    )
                    for user, predicate in self._uses[iri]
                )
            }
            if len(lasting) == len(kept):
                return lasting
            kept = lasting

    # How it is written.

    def _replace(self, statement: Statement, pair: Pair, spans: list[str]) -> None:
        indent = self._indent(pair.start)
        joined = f" ,{self._newline}{indent}    ".join(f'"{span}"' for span in spans)
        more = ""
        for passage in (one.iri for one in pair.objects):
            for crossing in (
                p for s in self._by_subject.get(passage, ()) for p in s.pairs if p.predicate == LC.crossesSentenceEnd
            ):
                more += f" ;{self._newline}{indent}{self._source[crossing.start : crossing.end]}"
        self._edits.append((pair.start, pair.end, f"{self._name(LC.span)} {joined}{more}"))

    def _say_once(self) -> None:
        """Say once what claims have in common: most of a document, all of a segment."""
        if any(pair.predicate == LC.claimDefaults for statement in self._statements for pair in statement.pairs):
            return
        claims = [iri for iri, facts in self._facts.items() if ox.NamedNode(LC.Claim) in facts[RDF.type]]
        segments = [iri for iri, facts in self._facts.items() if ox.NamedNode(LC.Segment) in facts[RDF.type]]
        inside = {segment: [claim for claim in claims if self._encloses(segment, claim)] for segment in segments}
        written: dict[str, list[str]] = defaultdict(list)
        for predicate in shortform.DEFAULTS:
            for place, alike in self._alike(predicate, claims, inside):
                repeated = list(self._repeated(predicate, alike))
                homes = self._by_subject[place]
                if repeated and homes and self._is_plain(homes[0].pairs[-1].end, self._line_end(homes[0].end)):
                    first = repeated[0][1]
                    written[place].append(
                        f"{self._name(predicate)} {self._source[first.objects[0].start : first.end]}"
                    )
                    self._edits += [(before.end, pair.end, "") for before, pair in repeated]
        for place, defaults in written.items():
            last = self._by_subject[place][0].pairs[-1]
            outer = self._newline + self._indent(last.start)
            inner = f" ;{outer}    ".join(defaults)
            block = f" ;{outer}{self._name(LC.claimDefaults)} [{outer}    {inner}{outer}]"
            self._edits.append((last.end, last.end, block))

    def _alike(
        self, predicate: str, claims: list[str], inside: dict[str, list[str]]
    ) -> Iterator[tuple[str, list[str]]]:
        """Yield the document and segments of which a value is to be said, each with the claims that have it."""
        values = {claim: self._facts[claim][predicate] for claim in claims}
        if len(claims) < _MANY or any(len(each) != 1 for each in values.values()):
            return  # a default would give something to a claim that has nothing
        (usual, count), *_ = Counter(each[0] for each in values.values()).most_common(1)
        apart: set[str] = set()
        for segment, within in inside.items():
            shared = {values[claim][0] for claim in within}
            if len(within) >= _MANY and len(shared) == 1 and usual not in shared:
                apart.update(within)
                yield segment, within
        if count >= _MANY and count * 2 > len(claims) - len(apart):
            yield self._document, [claim for claim in claims if values[claim] == [usual]]

    def _encloses(self, segment: str, claim: str) -> bool:
        around = self._extent(segment)
        extents = [self._extent(_key(passage)) for passage in self._facts[claim][LC.evidence]]
        if around is None or not extents:
            return False
        return all(each is not None and around[0] <= each[0] and each[1] <= around[1] for each in extents)

    def _extent(self, node: str) -> tuple[int, int] | None:
        """Return the offsets of a passage or segment, None where they are not told as one pair."""
        selectors = [self._facts[_key(selector)] for selector in self._facts[node][_OA_SELECTOR]]
        pairs = [(start.value, end.value) for of in selectors for start in of[_OA_START] for end in of[_OA_END]]
        if len(pairs) != 1 or not shortform.SPAN.fullmatch("-".join(pairs[0])):
            return None
        return int(pairs[0][0]), int(pairs[0][1])

    def _repeated(self, predicate: str, claims: Iterable[str]) -> Iterator[tuple[Pair, Pair]]:
        """Yield the pairs with a predicate that claims can do without, each with the pair before it."""
        for claim in claims:
            for statement in self._by_subject.get(claim, ()):
                for before, pair in pairwise(statement.pairs):
                    if pair.predicate == predicate and self._is_plain(before.end, self._line_end(pair.end)):
                        yield before, pair

    def _break_lines(self, pair: Pair) -> None:
        """Break a text in English, or in another language, that makes its line too long."""
        for one in pair.objects:
            match = _TEXT.fullmatch(self._source, one.start, one.end)
            start = self._source.rfind("\n", 0, one.start) + 1
            end = self._source.find("\n", one.end)
            if match is None or (end if end >= 0 else len(self._source)) - start <= WIDTH:
                continue
            if self._source.find("\n", one.start, one.end) >= 0 or " ".join(match["text"].split()) != match["text"]:
                continue
            lead = self._source[start : one.start] + '"""'
            lines = textwrap.wrap(
                match["text"],
                WIDTH - _CLOSING,
                initial_indent=lead,
                subsequent_indent=self._indent(pair.start) + "    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            if len(lines) == 1:
                continue
            inner = self._newline.join(lines).removeprefix(lead)
            self._edits.append((one.start, one.end, f'"""{inner}"""{match["language"]}'))

    def _note(self) -> tuple[int, int, str]:
        """Return the comment that says what the file is, behind those with which it begins."""
        head = _HEAD.match(self._source)
        if head and head[0]:
            return head.end(), head.end(), NOTE + self._newline
        return 0, 0, NOTE + self._newline * 2

    def _indent(self, offset: int) -> str:
        """Return the white space with which the line of an offset begins; four spaces where a subject begins it."""
        lead = self._source[self._source.rfind("\n", 0, offset) + 1 : offset]
        return lead if lead and not lead.strip() else "    "

    def _next(self, offset: int) -> int:
        """Return where what follows an offset begins, white space left out."""
        rest = self._source[offset:]
        return offset + len(rest) - len(rest.lstrip())

    def _name(self, iri: str) -> str:
        """Return how a term of ours is written here: with the prefix that the file has for it, or in full."""
        prefixes = [each.prefix for each in self._declarations if each.namespace == LC]
        return f"{prefixes[0]}:{iri.removeprefix(LC)}" if prefixes else f"<{iri}>"


_TEXT = re.compile(r'"(?P<text>(?!"")(?:[^"\\\r\n]|\\["\\])*)"(?P<language>@[A-Za-z0-9-]+)')
_LINE_END = re.compile(r"\A[ \t]*\r?\n?")
_ALONE = re.compile(r"[ \t]*(?:\r?\n|\Z)")
_HEAD = re.compile(r"(?:#[^\n]*\n)*")


def _key(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _without_idle_prefixes(text: str, before: str) -> str:
    """Return a text without the prefixes that only passages and selectors made it need."""
    declarations, _ = turtle.read(text)
    for declaration in reversed(declarations):
        name = re.compile(rf"(?<![\w.-]){re.escape(declaration.prefix)}:")
        rest = text[: declaration.start] + text[declaration.end :]
        is_alone = _ALONE.match(text, declaration.end) is not None
        if declaration.namespace in _USED_UP and is_alone and not name.search(rest) and len(name.findall(before)) > 1:
            text = text[: declaration.start] + _LINE_END.sub("", text[declaration.end :], count=1)
    return text
