"""Strings, numbers and languages that are compared with what is written alike, and is something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from lodeclaim.endpoint.sparql.hints.known import LABELS, MOST_SHOWN
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import INTEGERS, XSD

LARGEST_INTEGER = 2**63 - 1

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+Z?)?")
_NUMBER = re.compile(r"-?[0-9]+(?:[.][0-9]+)?")
_DERIVED = {integer.removeprefix(XSD) for integer in INTEGERS} - {"integer"}
"""Types that the engine takes for xsd:integer."""

_COMPARED = frozenset(["=", "!=", "<", ">", "<=", ">="])


def unexpected(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield a sentence for what does what few expect, and for what the engine answers in its own way."""
    labels = _labels(tokens)
    depth = 0
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "string" and (sentence := _string(tokens, at, labels)) is not None:
            yield sentence
        if token.kind == "number" and token.text.isdigit() and _is_beyond(token.text):
            yield f"{token.text[:40]} is beyond 64 bits: it is compared, and nothing is computed with it."
        if (
            token.kind == "number"
            and after is not None
            and after.text == ","
            and not depth
            and _is_thousands(tokens, at)
        ):
            rest = tokens[at + 2].text
            yield f"{token.text},{rest} is two objects: write {token.text}{rest} for one number."


def _string(tokens: Sequence[Token], at: int, labels: Collection[str]) -> str | None:
    """Return the sentence for a string that is compared with what is written alike, and is something else."""
    before, after = tokens[at - 1], tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and (after.kind == "language" or after.text == "^^"):
        return None
    written = tokens[at].text
    text = written.strip("\"'")
    compared = before.text in _COMPARED or (after is not None and after.text in _COMPARED)
    if compared and _DAY.fullmatch(text):
        return f'{written} is a string, and no date: write "{text}"^^xsd:date to compare with dates.'
    if compared and _NUMBER.fullmatch(text):
        return f"{written} is a string, and no number: write {text} to compare with numbers."
    if before.kind == "name" and before.text.partition(":")[2] in LABELS:
        return f"{written[:60]} is another term than {written[:60]}@en: labels may have a language."
    if before.kind in {"name", "iri"} and _NUMBER.fullmatch(text):
        return f"{written} is a string, and another term than the number {text}, which has no quotation marks."
    label = tokens[at - 2].text if before.text in {"=", "!="} else ""
    if label in labels:
        return f"{written[:60]} equals no label with a language: write STR({label[:MOST_SHOWN]}) = {written[:60]}."
    return None


def kept(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield a sentence for a constant in a pattern or in data that the engine keeps in another form: by its value."""
    for at in _terms(tokens):
        token, behind = tokens[at], tokens[at + 1 : at + 3]
        datatype = ""
        if token.kind == "string" and len(behind) == 2 and behind[0].text == "^^":
            datatype = re.split("[:#/]", behind[1].text.rstrip(">"))[-1]
        form = _form(token.text.strip("\"'"), datatype or _datatype(token))
        if form is not None:
            written = "".join(each.text for each in tokens[at : at + (3 if datatype else 1)])
            yield f"{written[:60]} is kept as {form}: the engine tells numbers and truth values apart by value only."


def _terms(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield where a number or a string stands by itself, and is not computed with."""
    depth = 0
    data = -1
    for at, token in enumerate(tokens):
        if token.word == "VALUES":
            opening = next((index for index in range(at, len(tokens)) if tokens[index].text == "{"), at)
            data = closing(tokens, opening)
        depth += (token.text == "(") - (token.text == ")")
        is_alone = (depth == 0 or at < data) and not (at > 1 and _is_thousands(tokens, at - 2))
        if is_alone and token.kind in {"number", "string"} and tokens[at - 1].word not in {"LIMIT", "OFFSET"}:
            yield at


def _datatype(token: Token) -> str:
    if token.kind != "number":
        return ""
    return "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"


def _form(written: str, datatype: str) -> str | None:
    """Return as what a constant is kept, where that is something else."""
    if datatype == "boolean":
        return {"0": "false", "1": "true"}.get(written)
    if datatype not in {"integer", "decimal", "double", "float", *_DERIVED} or len(written) > MOST_SHOWN:
        return None
    try:
        value = Decimal(written)
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    plain = format(value.normalize(), "f") if value else "0"
    return None if plain == written and datatype not in _DERIVED else plain


def _labels(tokens: Sequence[Token]) -> set[str]:
    """Return the variables that are objects of a property of labels."""
    behind = (value for name, value in pairwise(tokens) if name.text.partition(":")[2] in LABELS)
    return {value.text for value in behind if value.kind == "variable"}


def _is_beyond(digits: str) -> bool:
    # Python reads no number of thousands of digits.
    return len(digits.lstrip("0")) > len(str(LARGEST_INTEGER)) or int(digits[-20:]) > LARGEST_INTEGER


def _is_thousands(tokens: Sequence[Token], at: int) -> bool:
    number, comma, *rest = tokens[at : at + 3]
    is_close = (
        number.kind == "number"
        and comma.text == ","
        and bool(rest)
        and rest[0].kind == "number"
        and comma.offset == number.end
        and rest[0].offset == comma.end
    )
    return is_close and len(rest[0].text) == 3 and len(number.text) <= 3
