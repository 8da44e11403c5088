"""Names that a query misspells, or that stand where the data has no such property or class."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.sparql.hints.known import (
    LABELS,
    MOST,
    MOST_CHARACTERS,
    MOST_COMPARED,
    MOST_MEANT,
    MOST_SHOWN,
    MOST_SOUGHT,
    NEAR,
    Known,
    expanded,
    named,
    words,
)
from lodeclaim.endpoint.sparql.structure import closing, declared, is_data
from lodeclaim.endpoint.sparql.tokens import Token

MOST_OF_A_NOTE = 200
"""Characters of what the data says of a name in words."""

SHORTEST_PART = 4
"""The length of a name that may be meant as a part of another."""

_NODES = frozenset(["iri", "string", "variable", "blank", "name", "number"])


def misspelt(
    tokens: Sequence[Token],
    known: Known,
    namespaces: Mapping[str, str] | None = None,
    spaces: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Return a sentence for each name of a query in a known namespace that is none of its names.

    `namespaces` are those of the prefixes, else as the query declares them; `spaces` are the namespaces of what may
    stand where a name does, by the name.

    Such a query is well-formed and matches nothing, so it is answered; the sentence says why there is no row.
    """
    prefixed = namespaces or declared(tokens)
    all_names = {**known.resources, **known.terms}
    unknown = _unknown(tokens, all_names, prefixed) if all_names else ()
    names = [each for each in unknown if each[1] + each[2] not in known.renamed]
    told = [
        _sentence(name, namespace, local, known, at < MOST_SOUGHT, prefixed, spaces.get(name))
        for at, (name, namespace, local) in enumerate(names[:MOST])
    ]
    return (*told, f"And {len(names) - MOST} more.") if len(names) > MOST else tuple(told)


def renamed(tokens: Sequence[Token], known: Known, namespaces: Mapping[str, str]) -> Iterator[str]:
    """Tell of a name that is no longer used what takes its place."""
    for token in tokens if known.renamed else ():
        if token.kind in {"name", "iri"}:
            new = known.renamed.get("".join(expanded(token, namespaces)), frozenset())
            if any(" " in each for each in new):
                yield f"{token.text[:60]} is called otherwise now: {' '.join(sorted(new))[:MOST_OF_A_NOTE]}"
            elif new and len(new) <= MOST_MEANT:
                yield f"{token.text[:60]} is called {' or '.join(named(sorted(new), namespaces))} now."


def other_namespaces(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Tell of a prefix of the data that a query declares to stand for something else."""
    for prefix, namespace in declared(tokens).items():
        if prefix in prefixes and prefixes[prefix] != namespace:
            yield f"{prefix}: is declared as <{namespace[:80]}>; the data has it as <{prefixes[prefix]}>."


def other_kinds(
    tokens: Sequence[Token], terms: Mapping[str, frozenset[str]], namespaces: Mapping[str, str]
) -> Iterator[str]:
    """Tell of a property where a class stands, and the reverse, by the letter that they begin with."""
    for token, is_class in _properties_and_classes(tokens):
        namespace, local = expanded(token, namespaces)
        meant = (local[:1].upper() if is_class else local[:1].lower()) + local[1:]
        if meant != local and {local, meant} <= terms.get(namespace, frozenset()):
            start, end = _around(token.text, local)
            yield f"{token.text[:60]} is no {_kind(is_class)}; did you mean {start}{meant}{end}?"


def not_described(
    tokens: Sequence[Token],
    terms: Mapping[str, frozenset[str]],
    own: Collection[str],
    namespaces: Mapping[str, str],
    described: Mapping[str, frozenset[str]],
) -> Iterator[str]:
    """Tell of a property or class of another vocabulary that the data has not, by its own description.

    In its `own` namespaces the names are known, whatever they stand for.
    """
    placed = ((token, *expanded(token, namespaces), is_class) for token, is_class in _properties_and_classes(tokens))
    foreign = [
        (token, namespace, local, is_class)
        for token, namespace, local, is_class in (placed if described else ())
        if local and namespace not in own and local not in described.get(namespace, frozenset())
    ]
    alike = _by_local_name({**described, **terms}, namespaces) if foreign else {}
    for token, namespace, local, is_class in foreign:
        likely = [*alike.get(local.lower(), ()), *(alike.get("label", ()) if local in LABELS else ())]
        fitting = [each for each in likely if each[1][0].isupper() == is_class]
        # What is called so in the same vocabulary, in any case of letters, goes before what is elsewhere.
        meant = next((each for each in fitting if each[0] == namespace), fitting[0] if fitting else None)
        sentence = f"The data has no {_kind(is_class)} {token.text[:60]}"
        yield f"{sentence}; did you mean {meant[2]}?" if meant else f"{sentence}."


def _by_local_name(
    names: Mapping[str, frozenset[str]], namespaces: Mapping[str, str]
) -> dict[str, list[tuple[str, str, str]]]:
    """Return namespace, local name and prefixed name of what has one, by the local name in small letters."""
    prefixes = {namespace: prefix for prefix, namespace in namespaces.items()}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for namespace in sorted(names.keys() & prefixes.keys()):
        for local in names[namespace]:
            if local and len(local) <= MOST_SHOWN:
                found.setdefault(local.lower(), []).append((namespace, local, f"{prefixes[namespace]}:{local}"))
    return found


def _properties_and_classes(tokens: Sequence[Token]) -> Iterator[tuple[Token, bool]]:
    """Yield the names that stand where a property or a class does, and whether it is a class.

    Those of a template are what is made, and those of SERVICE another's.
    """
    behind = -1
    for at, token in enumerate(tokens[:-1]):
        if at > behind and token.word in {"CONSTRUCT", "SERVICE"}:
            opening = next((n for n in range(at, len(tokens)) if tokens[n].text == "{"), at)
            behind = max(behind, closing(tokens, opening))
        if at <= max(behind, 1) or token.kind not in {"name", "iri"}:
            continue
        begin, before, after = tokens[at - 2], tokens[at - 1], tokens[at + 1]
        if before.text in {"a", "rdf:type"}:
            yield token, True
        elif after.kind in _NODES or after.text in {"[", "(", "/", "|", "*", "+"}:
            is_first = before.kind in _NODES and begin.text in {"{", ".", "}"} and not is_data(tokens, at - 2)
            if is_first or before.text in {";", "/", "|"}:
                yield token, False


def _kind(is_class: bool) -> str:
    return "class" if is_class else "property"


def _around(name: str, local: str) -> tuple[str, str]:
    """Return what stands before and behind the local part of a name as it is written: with its prefix, or in full."""
    return (name[: -len(local) - 1], ">") if name.startswith("<") else (name[: len(name) - len(local)], "")


def _unknown(
    tokens: Sequence[Token], terms: Mapping[str, frozenset[str]], namespaces: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield each name in one of the namespaces that is no term there: as it is written, the namespace, the rest."""
    seen = set()
    for token in tokens:
        if token.kind not in {"name", "iri"}:
            continue
        namespace, local = expanded(token, namespaces)
        if namespace in terms and local and local not in terms[namespace] and token.text not in seen:
            seen.add(token.text)
            yield token.text, namespace, local


def _sentence(
    name: str,
    namespace: str,
    local: str,
    known: Known,
    is_sought: bool,
    prefixed: Mapping[str, str],
    spaces: frozenset[str] | None,
) -> str:
    is_term = namespace in known.terms
    names = (known.terms if is_term else known.resources)[namespace] if is_sought else frozenset()
    head, dot, rest = local.partition(".")
    if dot and head in names:
        start = name[: len(name) - len(local)]
        return f"{name[:60]} is one name; did you mean a path, {start}{head}/{start}{rest[:40]}?"
    what = f"{name[:60]} is no term of the ontology" if is_term else f"Nothing is said of {name[:60]}"
    if not (meant := named(_called(namespace, local, known), prefixed)):
        start, end = _around(name, local)
        near = _nearest(local, names)
        meant = [f"{start}{near}{end}"] if near else []
        meant += [] if is_term else named(_called_elsewhere(namespace, local, known, spaces), prefixed)
    return f"{what}; did you mean {' or '.join(meant)}?" if meant else f"{what}."


def _called(namespace: str, local: str, known: Known) -> list[str]:
    """Return the IRIs in a namespace that are called as the words of a local name are, if they are few.

    Of terms those of its kind: a class begins with a capital.
    """
    is_class = local[:1].isupper()
    own = ((iri, *split(iri)) for iri in known.called(words(local)))
    in_space = [(iri, name) for iri, space, name in own if space == namespace]
    meant = [iri for iri, name in in_space if namespace not in known.terms or name[:1].isupper() == is_class]
    return meant if len(meant) <= MOST_MEANT else []


def _called_elsewhere(namespace: str, local: str, known: Known, spaces: frozenset[str] | None) -> list[str]:
    """Return the resources whose label is the words of a local name, in other namespaces or some of them."""
    fitting = (known.resources.keys() if spaces is None else spaces) - {namespace}
    meant = [iri for iri in known.labelled(words(local)) if split(iri)[0] in fitting]
    return meant if len(meant) <= MOST_MEANT else []


def _nearest(local: str, names: Collection[str]) -> str | None:
    """Return the name that one may be a slip for, or a part of."""
    # Those of about its length come first: what is much longer or shorter cannot be meant.
    likely = sorted(names, key=lambda known: (abs(len(known) - len(local)), known))[:MOST_COMPARED]
    if len(local) <= MOST_CHARACTERS:
        near = difflib.get_close_matches(local, likely, n=3, cutoff=NEAR)
        if meant := next((known for known in near if not _is_other_word(local, known)), None):
            return meant
    if len(local) < SHORTEST_PART:
        return None
    # A class begins with a capital as a rule, and a property does not; for a class no property can be meant.
    parts = (
        known for known in likely if local.lower() in known.lower() and local[:1].isupper() <= known[:1].isupper()
    )
    return min(parts, key=lambda known: known[:1].isupper() != local[:1].isupper(), default=None)


def _is_other_word(local: str, known: str) -> bool:
    """Return whether a name goes on within the last word of a known one, as `Country` does with `Count`.

    Or whether the known one has another word more, as `CountriesOnly` has.
    """
    rest = local.removeprefix(known) if local.startswith(known) else ""
    has_word_more = len(known) - len(local) >= SHORTEST_PART and len(words(known).split()) > len(words(local).split())
    return (has_word_more and local.lower() not in known.lower()) or (
        len(rest) > 1 and rest[:1].islower() and rest not in {"es", "ed"}
    )
