"""Slips within expressions: a sign or a value too many or too few, arguments, words without quotation marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.keywords import WORDS, nearest
from lodeclaim.endpoint.sparql.slips.contexts import IN_EXPRESSIONS, Context, contexts
from lodeclaim.endpoint.sparql.slips.looks import AGGREGATES, FUNCTIONS, error
from lodeclaim.endpoint.sparql.slips.words import FOREIGN
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_RELATIONS = frozenset(["=", "!=", "<", ">", "<=", ">="])
_LOGICAL = frozenset(["&&", "||"])
_BETWEEN = _RELATIONS | _LOGICAL | {"*", "/"}
_OPERATORS = _BETWEEN | {"+", "-", "!"}
_TERMS = frozenset(["variable", "string", "number", "iri", "name"])

_MANY = 1_000
_TWO = {
    **dict.fromkeys(("CONTAINS", "STRSTARTS", "STRENDS", "STRAFTER", "STRBEFORE"), '(?text, "part")'),
    "LANGMATCHES": '(LANG(?text), "en")',
    "SAMETERM": "(?a, ?b)",
    "STRDT": '("1", xsd:integer)',
    "STRLANG": '("text", "en")',
}
_SOME = {
    **{name: (2, 2, usage) for name, usage in _TWO.items()},
    **dict.fromkeys(("NOW", "RAND", "STRUUID", "UUID"), (0, 0, "()")),
    "BNODE": (0, 1, "()"),
    "COUNT": (1, 1, "(?x), or COUNT(*)"),
    "GROUP_CONCAT": (1, 1, '(?x; SEPARATOR=", ")'),
    "IF": (3, 3, "(?x > 1, ?then, ?else)"),
    "REGEX": (2, 3, '(?text, "pattern", "i")'),
    "REPLACE": (3, 4, '(?text, "pattern", "new")'),
    "SUBSTR": (2, 3, "(?text, 1, 3)"),
    "COALESCE": (0, _MANY, "(?x, 0)"),
    "CONCAT": (0, _MANY, "(?a, ?b)"),
}
"""Functions that take other than one argument: the least, the most, and how to write it."""

_NUMBERS = ("no value", "one value", "two values", "three values", "four values")


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips within expressions."""
    where = contexts(tokens)
    yield from _bare(tokens, where)
    for at, token in enumerate(tokens):
        around = where[at - 1] if token.text == ")" and at and tokens[at - 1].text != ")" else where[at]
        if around in IN_EXPRESSIONS and at:
            yield from _beside(tokens, at, around)
    for at, token in enumerate(tokens):
        if token.word in FUNCTIONS and tokens[at + 1 : at + 2] and tokens[at + 1].text == "(":
            yield from _arguments(tokens, at)
        if token.text == "(" and tokens[at + 1 : at + 2] and tokens[at + 1].text == ")" and at:
            word = tokens[at - 1].word
            if word in {"FILTER", "BIND", "HAVING"}:
                example = "BIND(?x + 1 AS ?y)" if word == "BIND" else f"{word}(?x > 1)"
                yield error(token, f"{word} has nothing in its brackets", f"Write {example}")
    yield from _chains(tokens, where)


def _bare(tokens: Sequence[Token], where: Sequence[Context]) -> Iterator[QueryTextError]:
    """Yield words in expressions that are meant as text."""
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and where[end] in IN_EXPRESSIONS and _is_unknown(tokens, end):
            end += 1
        if end > at:
            yield _unquoted(tokens, at, end)
        at = max(end, at + 1)


def _is_unknown(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    is_called = tokens[at + 1 : at + 2] and tokens[at + 1].text == "("
    known = token.word in WORDS or token.word in FOREIGN
    return token.kind == "word" and not known and not is_called and nearest(token.word) is None


def _unquoted(tokens: Sequence[Token], at: int, end: int) -> QueryTextError:
    token, before = tokens[at], [part.word or part.text for part in tokens[max(at - 6, 0) : at]]
    written = token.source[token.offset : tokens[end - 1].end]
    words = " ".join(written.split())[:60]
    found = f"`{words}` is no value: a text stands in quotation marks"
    if "^^" in before[-1:]:
        return error(token, f"`{words}` is no datatype", f"Write ^^xsd:{words}")
    if "AS" in before[-1:]:
        return error(token, f"`{words}` is no variable", f"Write ?{'_'.join(words.split())}")
    is_language = "LANG" in before or "LANGMATCHES" in before
    if is_language or end - at > 1:
        return error(token, found, f'Write "{words}"')
    remedy = f'Write "{words}"; a variable is ?{words}, and a thing has a prefix, as in ex:{words}'
    return error(token, found, remedy)


def _beside(tokens: Sequence[Token], at: int, where: Context) -> Iterator[QueryTextError]:
    """Yield what is wrong between a token in an expression and the one before it."""
    token, before = tokens[at], tokens[at - 1]
    begins = before.text in {"(", ","} or before.text in _OPERATORS
    if token.text in _BETWEEN and begins:
        is_all = token.text == "*" and tokens[at + 1 : at + 2] and tokens[at + 1].text == ")"
        if is_all and at > 1 and tokens[at - 2].word == "COUNT":
            return
        if is_all and at > 1 and tokens[at - 2].word in AGGREGATES:
            yield error(token, f"only COUNT takes `*`, and not {tokens[at - 2].word}", "Write a variable: ?x")
        if token.text == before.text:
            yield error(token, f"`{token.text}` stands twice", "Remove one")
        if before.text in _RELATIONS | _LOGICAL:
            yield error(token, f"`{before.text}` and `{token.text}` have nothing between them", "Remove one of them")
        yield error(
            token, f"`{token.text}` has nothing before it", "Write both sides, as in ?x " + token.text + " ?y"
        )
    if token.text == "," and (before.text == "," or before.text in _OPERATORS):
        yield error(before, f"`{before.text}` has nothing behind it", "Remove it, or write what is missing")
    if where is Context.CALL and (before.text, token.text) in {("(", ","), (",", ")")}:
        comma = token if token.text == "," else before
        side = "before" if token.text == "," else "behind"
        yield error(comma, f"`,` has nothing {side} it", "Remove it, or write what is missing")
    if token.word in {"IN", "AS"} and begins:
        yield error(token, f"{token.word} has nothing before it", f"Write ?x before {token.word}")
    if before.word == "AS" and token.kind != "variable":
        yield error(before, "AS has a variable behind it, which is the name", "Write AS ?x")
    if token.text == "," and where is Context.EXPRESSION:
        yield error(token, "a comma between conditions", "Write && where both are to hold, || where one is")
    if _begins_value(tokens, at) and _ends_value(tokens, at - 1):
        yield _two_values(tokens, at, where)


def _begins_value(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    is_word = token.word in FUNCTIONS or token.word in {"TRUE", "FALSE", "EXISTS"}
    return token.kind in _TERMS or is_word or token.text in {"(", "!"}


def _ends_value(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a value ends with a token; what may be the name of a function does not where a bracket comes."""
    token, after = tokens[at], tokens[at + 1]
    if after.text == "(" and token.kind in {"iri", "name"}:
        return False
    return token.kind in _TERMS | {"language"} or token.word in {"TRUE", "FALSE"} or token.text == ")"


def _two_values(tokens: Sequence[Token], at: int, where: Context) -> QueryTextError:
    token, before = tokens[at], tokens[at - 1]
    found = f"`{token.text[:40]}` stands behind `{before.text[:40]}`, and nothing is between them"
    after = tokens[at + 1] if at + 1 < len(tokens) else token
    if token.kind == "variable" and after.text == ")" and before.text == ")":
        return error(token, found, f"Write AS before `{token.text[:40]}` where it is a name, else `,` or &&")
    if where is Context.CALL:
        return error(token, found, f"Write `,` before `{token.text[:40]}`, or a sign such as + or =")
    return error(token, found, f"Write a sign before `{token.text[:40]}`: = between values, && between conditions")


def _arguments(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    name, last = tokens[at].word, closing(tokens, at + 1)
    if tokens[last].text != ")":
        return
    given, depth = int(last > at + 2), 0
    for part in tokens[at + 2 : last]:
        depth += (part.text in {"(", "{"}) - (part.text in {")", "}"})
        given += depth == 0 and part.text == ","
    least, most, usage = _SOME.get(name, (1, 1, "(?x)"))
    if least <= given <= most:
        return
    takes = _NUMBERS[least] if least == most else f"{_NUMBERS[least].split()[0]} to {_NUMBERS[most]}"
    has = _NUMBERS[given] if given < len(_NUMBERS) else f"{given} values"
    yield error(tokens[at], f"{name} takes {takes}, and has {has}", f"Write {tokens[at].text}{usage}")


def _chains(tokens: Sequence[Token], where: Sequence[Context]) -> Iterator[QueryTextError]:
    """Yield comparisons with three sides, as in 1 < ?x < 9."""
    opened: list[int] = [-1]
    for at, token in enumerate(tokens):
        if token.text in {"(", "[", "{"}:
            opened.append(-1)
        elif token.text in {")", "]", "}"}:
            if len(opened) > 1:
                opened.pop()
        elif token.text in _LOGICAL | {","} or token.word == "AS":
            opened[-1] = -1
        elif token.text in _RELATIONS and where[at] in IN_EXPRESSIONS and at:
            if opened[-1] >= 0:
                middle = token.source[tokens[opened[-1] + 1].offset : tokens[at - 1].end]
                shown = middle if len(middle) <= 40 else "?x"
                found = f"a comparison has two sides, and `{token.text}` begins a third"
                yield error(
                    token,
                    found,
                    f"Write it in two: ... {tokens[opened[-1]].text} {shown} && {shown} {token.text} ...",
                )
            opened[-1] = at
