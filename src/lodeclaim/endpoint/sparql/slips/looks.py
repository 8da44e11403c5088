"""What the looks at a refused query share: the error that is told, and words of SPARQL by their kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

AGGREGATES = frozenset(["AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"])
FUNCTIONS = AGGREGATES | {
    *(
        "ABS",
        "BNODE",
        "BOUND",
        "CEIL",
        "COALESCE",
        "CONCAT",
        "CONTAINS",
        "DATATYPE",
        "DAY",
        "ENCODE_FOR_URI",
        "FLOOR",
    ),
    *("HOURS", "IF", "IRI", "ISBLANK", "ISIRI", "ISLITERAL", "ISNUMERIC", "ISURI", "LANG", "LANGMATCHES", "LCASE"),
    *("MD5", "MINUTES", "MONTH", "NOW", "RAND", "REGEX", "REPLACE", "ROUND", "SAMETERM", "SECONDS", "SHA1", "SHA256"),
    *("SHA384", "SHA512", "STR", "STRAFTER", "STRBEFORE", "STRDT", "STRENDS", "STRLANG", "STRLEN", "STRSTARTS"),
    *("STRUUID", "SUBSTR", "TIMEZONE", "TZ", "UCASE", "URI", "UUID", "YEAR"),
}
COMPARISONS = frozenset(["&&", "||", "=", "!=", "<", ">", "<=", ">="])
MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


Look = Callable[[Sequence[Token], str], Iterator[QueryTextError]]


def error(token: Token, found: str, remedy: str) -> QueryTextError:
    """Return the error at a token: what was found, and what to do."""
    return QueryTextError(token.position, found, remedy)


def until(tokens: Sequence[Token], start: int, text: str, ends: Collection[str]) -> str:
    """Return the text from an index on up to one of some signs or a modifier, in one line."""
    end = start
    while end < len(tokens) and tokens[end].text not in ends and tokens[end].word not in MODIFIERS:
        end += 1
    return " ".join(text[tokens[start].offset : tokens[end - 1].end].split())[:80] if end > start else ""


def brief(token: Token) -> str:
    """Return a token as an argument in advice; dots for what is no term."""
    return token.text[:40] if token.kind in {"variable", "string", "iri", "name", "number"} else "..."
