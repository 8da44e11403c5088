"""The gate that every query passes before any engine sees it: text -> tokens -> verdict and outline.

Three things must not reach a parser that recurses without a limit and fetches on request: deep or long
nesting, `SERVICE`, and updates. The guard refuses what is not SPARQL 1.1 by its tokens, and also what a
parser can read in two ways. The embedded engine's takes no longest match: it reads `SERVICE:x` and
`trueSERVICE` as the keyword, and `?a<?b#>` as a comparison and a comment. A second reading is a way past.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.sparql.keywords import LATER_WORDS, WORDS, nearest
from lodeclaim.endpoint.sparql.services import named, switched_off
from lodeclaim.endpoint.sparql.slips import slip
from lodeclaim.endpoint.sparql.slips.brackets import CLOSERS, closes_nothing, unclosed
from lodeclaim.endpoint.sparql.slips.languages import other_language
from lodeclaim.endpoint.sparql.slips.undeclared import check_prefixes
from lodeclaim.endpoint.sparql.slips.words import FOREIGN
from lodeclaim.endpoint.sparql.structure import declared
from lodeclaim.endpoint.sparql.tokens import PREFIXED_NAME, QueryTextError, Token, tokenize
from lodeclaim.endpoint.vocabularies import USUAL


class Form(StrEnum):
    """The four query forms of SPARQL 1.1 Query, section 16."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"


@dataclass(frozen=True)
class TextLimits:
    """How large a query may be."""

    max_bytes: int = 1_000_000
    """Length of the text in UTF-8."""

    max_data: int = 50_000
    """Terms and brackets in the data blocks of VALUES, which a parser reads as a flat list: ten thousand rows of two
    variables, as much as federated engines push. The embedded engine takes 0.04 s for them."""

    max_tokens: int = 2_000
    """Words, terms and signs elsewhere. A chain (`||`, `UNION`, `BIND`) nests one level a link in a parser: on a
    stack of 8 MB the embedded engine crashed at 7,700 tokens of MINUS and at 5,000 of one collection."""

    max_depth: int = 64
    """Brackets of any kind inside one another, and signs in a row. The embedded engine parses collections
    in cubic time: 0.3 s at depth 64, 1.2 s at 100, 8 s at 200."""

    services: tuple[str, ...] = ()
    """The beginnings of IRIs that SERVICE may name; without one SERVICE is switched off."""


@dataclass(frozen=True)
class Outline:
    """What must be known of a query before it runs."""

    form: Form
    has_dataset: bool
    """Whether the query has a FROM or FROM NAMED of its own."""

    volatile: bool
    """Whether the answer may differ from one time to the next on the same data."""

    services: tuple[Token, ...]
    """The IRIs that SERVICE names."""

    tokens: tuple[Token, ...] = field(repr=False)


_READ_ONLY = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"])
_UPDATE = _READ_ONLY | {"ALL", "DATA", "DEFAULT", "INTO", "SERVICE", "SILENT", "TO", "USING"}
_DATA = (["INSERT", "DATA"], ["DELETE", "DATA"])
_DATA_TERMS = frozenset(["iri", "string", "name", "number", "language"])
_DATA_WORDS = frozenset(["FALSE", "TRUE", "UNDEF"])
_DATA_SIGNS = frozenset(["(", ")", "^^", "+", "-"])
_FEDERATION = frozenset(["SERVICE", "SILENT"])
_VOLATILE = frozenset(["BNODE", "NOW", "RAND", "SERVICE", "STRUUID", "UUID"])
_LATER_SIGNS = {
    "{|": "RDF 1.2 annotation syntax",
    "|}": "RDF 1.2 annotation syntax",
    "~": "a reifier of RDF 1.2",
    "<<": "a triple of RDF 1.2, or a comparison",
}
_OPENERS = frozenset("([{")
_SIGNS = frozenset(["!", "+", "-", "^", "^^"])
_TERMS = frozenset(["iri", "string", "variable", "blank", "name", "number", "language"])
# The text of an IRI that is no right side of a comparison: with an authority, a path, one name or word.
_ONE_READING = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*://.*|\.{{0,2}}/.*|{PREFIXED_NAME}|\w*")


def check(
    text: str, limits: TextLimits = TextLimits(), known: Collection[str] = (), usual: Mapping[str, str] = USUAL
) -> Outline:
    """Return the outline of a query that may run; raise QueryError, with its place, for any other text.

    `known` are the prefixes that need no declaration, `usual` those that one may be told to declare.
    """
    try:
        return _checked(text, limits, known, usual)
    except QueryTextError as error:
        raise other_language(text) or error from None


def _checked(text: str, limits: TextLimits, known: Collection[str], usual: Mapping[str, str]) -> Outline:
    tokens = _tokens(text, limits)
    _check_readings(tokens, _enclosing(tokens, limits))
    services = tuple(named(tokens, limits.services))
    try:
        _check_words(tokens, WORDS | _FEDERATION if services else WORDS)
        outline = _outline(tokens, services)
        check_prefixes(tokens, known, usual)
    except QueryTextError as error:
        raise slip(tokens, is_whole=False) or error from None
    return outline


def check_source(text: str, where: str, known: Collection[str] = ()) -> Outline:
    """Return as `check` does for a query among the sources; raise SourceError, whose place begins with `where`."""
    try:
        return check(text, known=known)
    except QueryError as error:
        raise SourceError(f"{where}, {error.where}", error.found, f"Correct the query: {error.remedy}") from error


def check_update(text: str, limits: TextLimits = TextLimits()) -> int:
    """Return the offset behind the prologue of an update that a parser may see; raise QueryError for any other."""
    _check_size(text, limits)
    tokens = tuple(tokenize(text))
    _check_count(tuple(_chained(tokens)), limits)
    _check_readings(tokens, _enclosing(tokens, limits))
    _check_words(tokens, WORDS | _UPDATE)
    start = _prologue(tokens)
    return tokens[start - 1].end if start else 0


def _tokens(text: str, limits: TextLimits) -> tuple[Token, ...]:
    _check_size(text, limits)
    tokens = tuple(islice(tokenize(text), limits.max_tokens + limits.max_data + 1))
    chained = tuple(_chained(tokens))
    _check_count(chained, limits)
    if len(tokens) - len(chained) > limits.max_data or len(tokens) > limits.max_tokens + limits.max_data:
        found = f"more than {limits.max_data} terms and brackets in VALUES"
        raise QueryTextError(tokens[-1].position, found, "Ask in several queries")
    return tokens


def _check_count(tokens: Sequence[Token], limits: TextLimits) -> None:
    if len(tokens) > limits.max_tokens:
        found = f"more than {limits.max_tokens} words, terms and signs"
        remedy = "Give many terms as VALUES, which are counted apart, or ask in several queries"
        raise QueryTextError(tokens[limits.max_tokens].position, found, remedy)


def _chained(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens that a parser may nest link by link: all but those of VALUES, INSERT DATA and DELETE DATA.

    What stands directly in their braces, in those of a GRAPH in the latter, or in the round brackets of a row, a
    parser reads as a flat list or not at all. Inside other brackets, as in a collection, it may nest.
    """
    opened = [""]
    for index, token in enumerate(tokens):
        around = opened[-1]
        if not around or (around != "quads" and not _is_datum(token)):
            yield token
        if token.text in _OPENERS:
            opened.append(_list_behind(tokens, index, around))
        elif token.text in CLOSERS and len(opened) > 1:
            opened.pop()


def _list_behind(tokens: Sequence[Token], index: int, around: str) -> str:
    """Return what the bracket at an index opens, inside of another: `quads`, `rows` or a `row`; empty for no list."""
    if tokens[index].text != "{":
        return "row" if around == "rows" and tokens[index].text == "(" else ""
    if around == "quads" or [before.word for before in tokens[max(index - 2, 0) : index]] in _DATA:
        return "quads"
    before = index - 1
    while before >= 0 and (tokens[before].kind == "variable" or tokens[before].text in {"(", ")"}):
        before -= 1
    return "rows" if before >= 0 and tokens[before].word == "VALUES" else ""


def _is_datum(token: Token) -> bool:
    return token.kind in _DATA_TERMS or token.text in _DATA_SIGNS or token.word in _DATA_WORDS


def _check_size(text: str, limits: TextLimits) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise QueryError("query", "it holds half a character", "Send it as valid UTF-8") from None
    if size > limits.max_bytes:
        found = f"it has {size} bytes, and {limits.max_bytes} are allowed"
        raise QueryError("query", found, "Ask in several queries", "query-too-large")


def _check_words(tokens: Sequence[Token], words: frozenset[str]) -> None:
    for token in tokens:
        word = token.word
        if not word or word in words:
            continue
        if word in _READ_ONLY:
            found = f"{word} begins an update, and the data is read-only"
            raise QueryTextError(token.position, found, f"Send a query: {', '.join(Form)}")
        if word in _FEDERATION:
            raise switched_off(token)
        if word in LATER_WORDS:
            raise _later(token, "a word of SPARQL 1.2")
        near = nearest(word, words)
        prefix = next(iter(declared(tokens)), "ex")
        written = token.text[:40]
        named = (
            f'Write ?{written} for a variable, "{written}" for a text; a name has a prefix, as in {prefix}:{written}'
        )
        remedy = FOREIGN.get(word, f"Did you mean {near}?" if near else named)
        raise QueryTextError(token.position, f"`{token.text[:40]}` is no word of SPARQL 1.1", remedy)


def _enclosing(tokens: Sequence[Token], limits: TextLimits) -> list[str]:
    """Return the innermost bracket that is open before each token and at the end, or empty strings."""
    enclosing: list[str] = []
    opened: list[Token] = []
    signs = 0
    for index, token in enumerate(tokens):
        enclosing.append(opened[-1].text if opened else "")
        signs = signs + len(token.text) if token.text in _SIGNS else 0
        if token.text in _OPENERS:
            opened.append(token)
        elif token.text in CLOSERS:
            if enclosing[-1] != CLOSERS[token.text]:
                raise closes_nothing(tokens, index, opened)
            opened.pop()
        if max(len(opened), signs) > limits.max_depth:
            found = f"nesting deeper than {limits.max_depth}"
            raise QueryTextError(token.position, found, "Ask a flatter query")
    enclosing.append(opened[-1].text if opened else "")
    return enclosing


def _check_readings(tokens: Sequence[Token], enclosing: Sequence[str]) -> None:
    for index, token in enumerate(tokens):
        if token.text in _LATER_SIGNS:
            raise _later(token, _LATER_SIGNS[token.text])
        if token.kind == "language" and "--" in token.text:
            raise _later(token, "a language with an RDF 1.2 base direction")
        # Every expression stands in round brackets, and after an operand there `<` compares.
        comparing = enclosing[index] == "(" and _is_operand(tokens[index - 1])
        if token.kind == "iri" and comparing and not _ONE_READING.fullmatch(token.text[1:-1]):
            found = "`<` begins an IRI, or a comparison"
            raise QueryTextError(token.position, found, "Put a space after `<`, or give the IRI a prefix")
        if token.text == "<" and not comparing:
            raise QueryTextError(token.position, "`<` begins no IRI", "Percent-encode what IRIs may not hold")
        if token.kind == "name":
            _check_name(tokens, index, enclosing[index])
    if enclosing[-1]:
        raise slip(tokens, is_whole=False) or unclosed(tokens)


def _later(token: Token, what: str) -> QueryTextError:
    remedy = "Ask in SPARQL 1.1, of RDF 1.1" + ("; to compare, put a space after `<`" if token.text == "<<" else "")
    return QueryTextError(token.position, f"`{token.text[:40]}` is {what}", remedy)


def _is_operand(token: Token) -> bool:
    return token.kind in _TERMS or token.text in CLOSERS or token.word in {"TRUE", "FALSE"}


def _check_name(tokens: Sequence[Token], index: int, enclosing: str) -> None:
    token, name = tokens[index], tokens[index].text.upper()
    before = tokens[index - 1].word if index else ""
    # SERVICE takes one term and `{`. A parser that rejects `ex:SERVICE` as a name may go back to `ex:`.
    if before != "GRAPH" and "{" in [after.text for after in tokens[index + 1 : index + 3]]:
        if "SERVICE" in name:
            raise switched_off(token)
        if "LATERAL" in name:  # which the embedded engine knows, and SPARQL 1.1 does not
            found = f"`{token.text[:40]}` is a name, or a name and LATERAL"
            raise QueryTextError(token.position, found, "Write it as an IRI in full")
    if not enclosing and before != "PREFIX" and name.startswith(("FROM:", "FROMNAMED:")):
        found = f"`{token.text[:40]}` is a name, or FROM and a name"
        raise QueryTextError(token.position, found, "Put a space after FROM")


def _prologue(tokens: Sequence[Token]) -> int:
    """Return the index of the first token behind BASE and PREFIX."""
    start = 0
    while start < len(tokens) and (word := tokens[start].word) in {"BASE", "PREFIX"}:
        start += 2 if word == "BASE" else 3
    return min(start, len(tokens))


def _outline(tokens: tuple[Token, ...], services: tuple[Token, ...]) -> Outline:
    start = _prologue(tokens)
    if start >= len(tokens):
        raise QueryError("query", "there is none", f"Send one that begins with {', '.join(Form)}")
    first = tokens[start]
    if first.word not in Form.__members__:
        raise QueryTextError(first.position, f"`{first.text[:40]}` begins no query", _beginning(tokens[start:]))
    words = {token.word for token in tokens}
    return Outline(Form(first.word), "FROM" in words, not words.isdisjoint(_VOLATILE), services, tokens)


def _beginning(tokens: Sequence[Token]) -> str:
    """Return how a query begins that begins otherwise."""
    first, second = tokens[0].word or tokens[0].text, tokens[1].word if len(tokens) > 1 else ""
    if first in {"DISTINCT", "REDUCED"}:
        return f"Write SELECT {first}" + (", with the columns behind it" if second == Form.SELECT else "")
    if first in {"WHERE", "{"}:
        return f"Write SELECT * before it, or another of {', '.join(Form)}"
    return f"Begin with {', '.join(Form)}"
