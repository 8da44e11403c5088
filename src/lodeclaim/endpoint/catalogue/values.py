"""What a person writes for a parameter -> an RDF term, or an error that says what was found and what it takes.

A value becomes a term or is refused; it is never text of a query. What the answer could not hold is refused too:
XML 1.0, in which results are also written, has no control characters.
"""

from __future__ import annotations

import datetime
import difflib
import re
from decimal import Decimal

from lodeclaim.endpoint.catalogue.parameters import DATATYPES, LANG_STRING, Parameter, Type
from lodeclaim.endpoint.engines.engine import Term
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.prefixes import Prefixes, is_iri
from lodeclaim.endpoint.vocabularies import XSD

MAX_CHARACTERS = 2_000
"""Length of a value: longer than any IRI or phrase in use, and short beside a query."""

_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|(?i:urn|tag|mailto):).")
"""How an IRI begins that is written out: `ex:a` has a scheme as well, and is a name whose prefix is misspelt."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Within what the embedded engine counts with: integers of 64 bits, decimals of 18 places.
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEAN = {"true": "true", "1": "true", "false": "false", "0": "false"}


class ParameterError(QueryError):
    """A QueryError that knows which parameter of a stored query it is about."""

    def __init__(self, parameter: str, found: str, remedy: str) -> None:
        super().__init__(f"parameter `{shown(parameter)}`", found, remedy, "parameter-refused")
        self.parameter = parameter


def term(parameter: Parameter, value: str, prefixes: Prefixes) -> Term:
    """Return the term that `value` writes; raises ParameterError where it is not of the parameter's type."""
    check_length(parameter, value, prefixes)
    if parameter.type.datatype is None:
        return Term(_iri(parameter, value, prefixes), "iri")
    if parameter.type.datatype == LANG_STRING:
        return Term(_string(parameter, value, prefixes), "literal", language=parameter.type.language)
    if parameter.type.datatype == DATATYPES["string"]:
        return Term(_string(parameter, value, prefixes), "literal")
    lexical = _lexical(parameter.type.datatype, value)
    if lexical is None:
        raise refused(parameter, value, prefixes)
    return Term(lexical, "literal", parameter.type.datatype)


def check_length(parameter: Parameter, value: str, prefixes: Prefixes) -> None:
    """Raise ParameterError where a value is too long."""
    if len(value) > MAX_CHARACTERS:
        found = f"it has {len(value)} characters, and {MAX_CHARACTERS} are allowed"
        raise ParameterError(parameter.name, found, f"Give {takes(parameter.type, prefixes)}")


def takes(type: Type, prefixes: Prefixes) -> str:
    """Return in words what a parameter of this type takes."""
    if type.of_class:
        return f"the IRI, prefixed name, key or label of a {prefixes.curie(type.of_class) or type.of_class}"
    if type.datatype is None:
        return "an absolute IRI, in full or with a prefix of the data"
    if type.datatype == LANG_STRING:
        return f"words in the language `{type.language}`, without control characters"
    return {
        "string": "text, without control characters",
        "integer": "a whole number of up to 18 digits, as 50",
        "decimal": "a number of up to 15 digits before the point and after it, as 46.5",
        "date": "a day, as 2026-02-04",
        "boolean": "true or false",
    }[type.datatype.removeprefix(XSD)]


def written(term: Term, prefixes: Prefixes) -> str:
    """Return how a person writes the term as a value: an IRI with a prefix where one stands for it."""
    return (term.kind == "iri" and prefixes.curie(term.value)) or term.value


MAX_PATH = 1_000
"""Characters of a path that are shown: a person looks for the file."""


def shown(value: str, most: int = 80) -> str:
    """Return a value as an error shows it: short, with nothing in it that a terminal or log would act on."""
    short = value if len(value) <= most else value[: most - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


def refused(parameter: Parameter, value: str, prefixes: Prefixes) -> ParameterError:
    """Return the error for a value that is not of the parameter's type."""
    found = f"`{shown(value)}` does not fit" if value else "it is empty"
    return ParameterError(parameter.name, found, f"Give {takes(parameter.type, prefixes)}")


def _string(parameter: Parameter, value: str, prefixes: Prefixes) -> str:
    if _UNPRINTABLE.search(value):
        raise refused(parameter, value, prefixes)
    return value


def _iri(parameter: Parameter, value: str, prefixes: Prefixes) -> str:
    if found := iri(value, prefixes):
        return found
    if said := unknown_prefix(value, prefixes, takes(parameter.type, prefixes)):
        raise ParameterError(parameter.name, *said)
    raise refused(parameter, value, prefixes)


def unknown_prefix(value: str, prefixes: Prefixes, takes: str) -> tuple[str, str] | None:
    """Return what is wrong with a prefixed name and what to do, where its prefix is none; else None."""
    prefix = value.partition(":")[0]
    if prefix in prefixes or not re.fullmatch(r"\w+:[\w-]+", value):
        return None
    near = difflib.get_close_matches(prefix, prefixes, n=1)
    return (
        f"no prefix is called `{prefix}`",
        f"Did you mean `{near[0]}:`? Otherwise give {takes}" if near else f"Give {takes}",
    )


def iri(value: str, prefixes: Prefixes) -> str | None:
    """Return the IRI that a value writes, in full or with a prefix; None where it writes none."""
    prefix, colon, local = value.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        written = prefixes[prefix] + local if local else ""
    else:
        written = value if _SCHEME.match(value) else ""
    return written if is_iri(written) and is_printable(written) else None


def is_printable(value: str) -> bool:
    """Return whether a value is short enough, and has nothing that an answer could not hold."""
    return len(value) <= MAX_CHARACTERS and not _UNPRINTABLE.search(value)


def _lexical(datatype: str, value: str) -> str | None:
    """Return the canonical form of a number, day or truth value; None where it is none."""
    match datatype.removeprefix(XSD):
        case "integer" if _INTEGER.fullmatch(value):
            return str(int(value))
        case "decimal" if _DECIMAL.fullmatch(value):
            number = Decimal(value)
            return f"{number:f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))
        case "date" if _DATE.fullmatch(value):
            try:
                return datetime.date.fromisoformat(value).isoformat()
            except ValueError:
                return None
        case "boolean":
            return _BOOLEAN.get(value)
    return None
