"""Values of another kind than a query takes them for: a thing as a text, and the reverse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lodeclaim.endpoint.prefixes import is_iri, split
from lodeclaim.endpoint.sparql.groups import Group, Triple
from lodeclaim.endpoint.sparql.hints.known import (
    MOST_CHARACTERS,
    MOST_MEANT,
    MOST_SHOWN,
    MOST_SOUGHT,
    Known,
    expanded,
    named,
)
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import PREFIXED_NAME, Token
from lodeclaim.endpoint.vocabularies import RDF, XSD

_SEARCHES = frozenset(["CONTAINS", "REGEX", "STRENDS", "STRSTARTS"])
_OF_TEXT = _SEARCHES | {"LCASE", "REPLACE", "STRAFTER", "STRBEFORE", "STRLEN", "SUBSTR", "UCASE"}
_WITHOUT_SUM = frozenset([XSD.string, RDF.langString, XSD.boolean, XSD.date, XSD.dateTime, XSD.anyURI, XSD.gYear])
_NAME = re.compile(PREFIXED_NAME)


@dataclass(frozen=True)
class Roles:
    """What the variables of a query stand for, by the patterns and the data's description; names without `?`."""

    things: set[str] = field(default_factory=set)
    texts: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """The property that leads to a literal, as it is written, and the datatypes of its values."""

    spaces: dict[str, frozenset[str]] = field(default_factory=dict)
    """The namespaces of a thing that a property leads to."""


def roles(groups: Iterable[Group], namespaces: Mapping[str, str], known: Known) -> Roles:
    """Return what the variables stand for; one that stands for both, in groups apart, is left out."""
    found = Roles()
    for triple in _triples(groups):
        if triple.verb.first is not None:
            found.things.update(_name(triple.subject.token))
        found.things.update(_name(triple.verb.token))
        value, last = triple.object.token, triple.verb.last
        if last is None:
            continue
        datatypes = _datatypes(last, namespaces, known.values)
        if datatypes == frozenset():
            found.things.update(_name(value))
            if spaces := known.value_spaces.get(_iri(last, namespaces)):
                found.spaces.update(dict.fromkeys(_name(value), spaces))
        elif datatypes:
            found.texts.update(dict.fromkeys(_name(value), (last.text, datatypes)))
    both = found.things & found.texts.keys()
    texts = {name: text for name, text in found.texts.items() if name not in both}
    return Roles(found.things - both, texts, found.spaces)


def _triples(groups: Iterable[Group]) -> Iterator[Triple]:
    """Yield the triples of groups, but for those of SERVICE, which are another's."""
    for group in groups:
        if not group.is_foreign:
            yield from group.triples


def _name(token: Token | None) -> tuple[str, ...]:
    return (token.text[1:],) if token is not None and token.kind == "variable" else ()


def _datatypes(
    property: Token, namespaces: Mapping[str, str], values: Mapping[str, frozenset[str]]
) -> frozenset[str] | None:
    """Return the datatypes of what a property leads to, none for things alone; None where that is not known."""
    if property.text == "a":
        return frozenset()
    return values.get(_iri(property, namespaces)) if property.kind in {"name", "iri"} else None


def searched(tokens: Sequence[Token], roles: Roles) -> Iterator[str]:
    """Tell of a function of text that is given a thing: it fails, and no row is left."""
    for at, token in enumerate(tokens[:-3]):
        given, behind = tokens[at + 2], tokens[at + 3]
        is_thing = given.text[1:] in roles.things and given.kind == "variable"
        if token.word not in _OF_TEXT or not is_thing or behind.text not in {",", ")"}:
            continue
        name, word = given.text[:MOST_SHOWN], token.word
        rest = token.source[given.end : tokens[closing(tokens, at + 1)].offset][:MOST_SHOWN]
        by_label = f"{name} rdfs:label ?text" + (f" FILTER({word}(?text{rest}))" if word in _SEARCHES else "")
        yield f"{word} takes text, and {name} is a thing: write {word}(STR({name}){rest}) for its IRI, or {by_label}."


def summed(tokens: Sequence[Token], roles: Roles) -> Iterator[str]:
    """Tell of a sum of what are no numbers: it has no value."""
    for at, token in enumerate(tokens[:-4]):
        if token.word not in {"SUM", "AVG"}:
            continue
        given = tokens[at + 2 + (tokens[at + 2].word == "DISTINCT")]
        name, shown = given.text[1:], given.text[:MOST_SHOWN]
        if given.kind != "variable" or tokens[closing(tokens, at + 1) - 1] is not given:
            continue
        if name in roles.things:
            yield f"{token.word} adds numbers, and {shown} is a thing: write COUNT({shown}) to count."
        property, datatypes = roles.texts.get(name, ("", frozenset()))
        if datatypes and datatypes <= _WITHOUT_SUM:
            kinds = ", ".join(sorted(_short(each) for each in datatypes))
            read = f", or write {token.word}(xsd:decimal({shown})) where its values look like numbers"
            advice = f"take a property of numbers{read if datatypes == {XSD.string} else ''}"
            yield f"{token.word} adds numbers, and {property[:MOST_SHOWN]} has none, but {kinds}: {advice}."


def _short(datatype: str) -> str:
    """Return the usual name of a datatype of XML Schema or RDF."""
    return datatype.replace(XSD, "xsd:").replace(RDF, "rdf:")


def taken_for_things(
    tokens: Sequence[Token], groups: Iterable[Group], roles: Roles, namespaces: Mapping[str, str], known: Known
) -> Iterator[str]:
    """Tell of a string where the data has things: it equals none."""
    found = (*_objects(groups, namespaces, known), *_equal(tokens, roles))
    for sought, (written, what, pattern, spaces) in enumerate(dict.fromkeys(found)):
        words = written.strip("\"'")
        meant = meant_by(words, spaces, namespaces, known, is_near=sought < MOST_SOUGHT)
        text = f"{written[:MOST_SHOWN]} is text, and {what}"
        yield f"{text}; did you mean {meant}?" if meant else f"{text}: write {pattern}."


def meant_by(
    written: str, spaces: frozenset[str] | None, namespaces: Mapping[str, str], known: Known, *, is_near: bool
) -> str:
    """Return the things that are called so, or nearly, in the namespaces, as a query has them; empty without any."""
    if len(written) > MOST_CHARACTERS:
        return ""
    prefix, colon, _ = written.partition(":")
    if "://" in written and is_iri(written):
        return f"<{written}>"
    if colon and prefix in namespaces and _NAME.fullmatch(written):
        return written
    called = known.called(written)
    if not called and is_near and (alike := known.alike(written)):
        called = known.called(alike)
    called = [iri for iri in called if spaces is None or split(iri)[0] in spaces]
    return " or ".join(named(called, namespaces)) if len(called) <= MOST_MEANT else ""


def _objects(
    groups: Iterable[Group], namespaces: Mapping[str, str], known: Known
) -> Iterator[tuple[str, str, str, frozenset[str] | None]]:
    """Yield the strings that are objects of properties of things: what they are, what to write, what may be meant."""
    for triple in _triples(groups):
        text, last = triple.object.token, triple.verb.last
        if text.kind != "string" or last is None:
            continue
        if _datatypes(last, namespaces, known.values) == frozenset():
            property = last.text[:MOST_SHOWN]
            pattern = f"{property} ?x . ?x rdfs:label ?label FILTER({_by_label('=', text.text)})"
            spaces = known.value_spaces.get(_iri(last, namespaces))
            kind = "`a` leads to classes" if property == "a" else f"{property} leads to things"
            yield text.text, kind, pattern, spaces


def _by_label(sign: str, written: str) -> str:
    shown = written if len(written) <= MOST_SHOWN else '"..."'
    return f"CONTAINS(LCASE(?label), {shown.lower()})" if sign == "=" else f"STR(?label) {sign} {shown}"


def spaces_of_objects(
    groups: Iterable[Group], namespaces: Mapping[str, str], known: Known
) -> dict[str, frozenset[str]]:
    """Return the namespaces of what may stand where a name does, by the name as it is written, as far as known."""
    found: dict[str, frozenset[str]] = {}
    for triple in _triples(groups):
        name, last = triple.object.token, triple.verb.last
        if name.kind not in {"name", "iri"} or last is None:
            continue
        if spaces := known.value_spaces.get(_iri(last, namespaces)):
            found[name.text] = found.get(name.text, frozenset()) | spaces
    return found


def _iri(property: Token, namespaces: Mapping[str, str]) -> str:
    return RDF.type if property.text == "a" else "".join(expanded(property, namespaces))


def _equal(tokens: Sequence[Token], roles: Roles) -> Iterator[tuple[str, str, str, frozenset[str] | None]]:
    """Yield the strings that are compared with things, as `_objects` does; of a list the first."""
    for sign, given, text in _comparisons(tokens):
        if given.text[1:] in roles.things:
            name = given.text[:MOST_SHOWN]
            pattern = f"{name} rdfs:label ?label FILTER({_by_label(sign, text)})"
            yield text, f"{name} is a thing", pattern, roles.spaces.get(given.text[1:])


def _comparisons(tokens: Sequence[Token]) -> Iterator[tuple[str, Token, str]]:
    for at in range(len(tokens) - 3):
        first, sign, second, third = tokens[at : at + 4]
        if sign.text in {"=", "!="} and {first.kind, second.kind} == {"variable", "string"}:
            given, text = (first, second) if first.kind == "variable" else (second, first)
            yield sign.text, given, text.text
        elif first.kind == "variable" and sign.word == "IN" and third.kind == "string":
            yield "=", first, third.text
        elif first.word == "VALUES" and sign.kind == "variable" and third.kind == "string":
            yield "=", sign, third.text
