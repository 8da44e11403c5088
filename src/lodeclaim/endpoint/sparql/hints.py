"""What a person may have meant: names that a query misspells, and what a right query does that few expect.

Such a query is answered as the standard has it. The sentences go beside the answer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, pairwise
from types import MappingProxyType

from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.sparql.structure import closing, declared, is_data
from lodeclaim.endpoint.sparql.tokens import Token

MOST = 10
"""How many names are told: the sentences stand in a header."""

MOST_SOUGHT = 4
"""For how many of them a term is looked for that may be meant, which takes some milliseconds each."""

MOST_COMPARED = 2_000
"""How many terms a name is compared with."""

MOST_SHOWN = 40
"""Characters of a name that are told."""

NEAR = 0.7
"""How much alike, of 1, two names are of which one may be a slip for the other; less would misguide."""

SHORTEST_PART = 4
"""The length of a name that may be meant as a part of another."""

LARGEST_INTEGER = 2**63 - 1

_NONE: Mapping[str, frozenset[str]] = MappingProxyType({})
_NO_PREFIXES: Mapping[str, str] = MappingProxyType({})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+Z?)?")
_NUMBER = re.compile(r"-?[0-9]+(?:[.][0-9]+)?")
_NODES = frozenset(["iri", "string", "variable", "blank", "name", "number"])
_COMPARED = frozenset(["=", "!=", "<", ">", "<=", ">="])
_LABELS = frozenset(["altLabel", "headline", "label", "name", "prefLabel", "title"])
_ORDERS = frozenset(["<", ">", "<=", ">="])
_BLANKED = frozenset(["AVG", "GROUP_CONCAT", "MAX", "MIN", "SUM"])

MOST_CHARACTERS = 100
"""The length of a name beyond which no term can be meant."""


def told(
    tokens: Sequence[Token],
    terms: Mapping[str, frozenset[str]],
    resources: Mapping[str, frozenset[str]],
    prefixes: Mapping[str, str] = _NO_PREFIXES,
    described: Mapping[str, frozenset[str]] = _NONE,
) -> tuple[str, ...]:
    """Return the sentences for a query: names that the data has not, and what is answered otherwise than expected.

    `terms` are those of the data's ontologies, `resources` what else it says something of, `described` the properties
    and classes that it has by its own description: local names by namespace. `prefixes` are those of the data, which
    a query that declares none was given.
    """
    namespaces = {**prefixes, **declared(tokens)}
    found = (
        *_other_namespaces(tokens, prefixes),
        *_other_kinds(tokens, terms, namespaces),
        *_not_described(tokens, terms, {*resources, *terms}, namespaces, described),
        *unexpected(tokens),
    )
    return (*misspelt(tokens, terms, resources, namespaces), *islice(dict.fromkeys(found), MOST))


def _other_namespaces(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> Iterator[str]:
    for prefix, namespace in declared(tokens).items():
        if prefix in prefixes and prefixes[prefix] != namespace:
            yield f"{prefix}: is declared as <{namespace[:80]}>; the data has it as <{prefixes[prefix]}>."


def _other_kinds(
    tokens: Sequence[Token], terms: Mapping[str, frozenset[str]], namespaces: Mapping[str, str]
) -> Iterator[str]:
    """Tell of a property where a class stands, and the reverse, by the letter that they begin with."""
    for token, is_class in _properties_and_classes(tokens):
        namespace, local = _expanded(token, namespaces)
        meant = (local[:1].upper() if is_class else local[:1].lower()) + local[1:]
        if meant != local and {local, meant} <= terms.get(namespace, frozenset()):
            start, end = _around(token.text, local)
            yield f"{token.text[:60]} is no {_kind(is_class)}; did you mean {start}{meant}{end}?"


def _not_described(
    tokens: Sequence[Token],
    terms: Mapping[str, frozenset[str]],
    own: Collection[str],
    namespaces: Mapping[str, str],
    described: Mapping[str, frozenset[str]],
) -> Iterator[str]:
    """Tell of a property or class of another vocabulary that the data has not, by its own description.

    In its `own` namespaces the names are known, whatever they stand for.
    """
    placed = ((token, *_expanded(token, namespaces), is_class) for token, is_class in _properties_and_classes(tokens))
    foreign = [
        (token, namespace, local, is_class)
        for token, namespace, local, is_class in (placed if described else ())
        if local and namespace not in own and local not in described.get(namespace, frozenset())
    ]
    alike = _by_local_name({**described, **terms}, namespaces) if foreign else {}
    for token, namespace, local, is_class in foreign:
        likely = [*alike.get(local.lower(), ()), *(alike.get("label", ()) if local in _LABELS else ())]
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


def _expanded(token: Token, namespaces: Mapping[str, str]) -> tuple[str, str]:
    if token.kind == "iri":
        return split(token.text[1:-1])
    prefix, _, local = token.text.partition(":")
    return namespaces.get(prefix, ""), local


def _around(name: str, local: str) -> tuple[str, str]:
    """Return what stands before and behind the local part of a name as it is written: with its prefix, or in full."""
    return (name[: -len(local) - 1], ">") if name.startswith("<") else (name[: len(name) - len(local)], "")


def misspelt(
    tokens: Sequence[Token],
    terms: Mapping[str, frozenset[str]],
    resources: Mapping[str, frozenset[str]] = _NONE,
    namespaces: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return a sentence for each name of a query in a known namespace that is none of its names.

    `namespaces` are those of the prefixes, else as the query declares them.

    Such a query is well-formed and matches nothing, so it is answered; the sentence says why there is no row.
    """
    known = {**resources, **terms}
    names = list(_unknown(tokens, known, namespaces or declared(tokens))) if known else []
    told = [
        _sentence(name, local, known[namespace] if at < MOST_SOUGHT else (), namespace in terms)
        for at, (name, namespace, local) in enumerate(names[:MOST])
    ]
    return (*told, f"And {len(names) - MOST} more.") if len(names) > MOST else tuple(told)


def _unknown(
    tokens: Sequence[Token], terms: Mapping[str, frozenset[str]], namespaces: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yield each name in one of the namespaces that is no term there: as it is written, the namespace, the rest."""
    seen = set()
    for token in tokens:
        if token.kind not in {"name", "iri"}:
            continue
        namespace, local = _expanded(token, namespaces)
        if namespace in terms and local and local not in terms[namespace] and token.text not in seen:
            seen.add(token.text)
            yield token.text, namespace, local


def _sentence(name: str, local: str, names: Collection[str], is_term: bool) -> str:
    # Those of about its length come first: what is much longer or shorter cannot be meant.
    likely = sorted(names, key=lambda known: (abs(len(known) - len(local)), known))[:MOST_COMPARED]
    near = difflib.get_close_matches(local, likely, n=1, cutoff=NEAR) if len(local) <= MOST_CHARACTERS else []
    head, dot, rest = local.partition(".")
    if dot and head in names:
        start = name[: len(name) - len(local)]
        return f"{name[:60]} is one name; did you mean a path, {start}{head}/{start}{rest[:40]}?"
    if not near and len(local) >= SHORTEST_PART:
        parts = (known for known in likely if local.lower() in known.lower())
        # A class begins with a capital as a rule, and a property does not.
        near = sorted(parts, key=lambda known: known[:1].isupper() != local[:1].isupper())[:1]
    what = f"{name[:60]} is no term of the ontology" if is_term else f"Nothing is said of {name[:60]}"
    start, end = _around(name, local)
    return f"{what}; did you mean {start}{near[0]}{end}?" if near else f"{what}."


def unexpected(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield a sentence for what does what few expect, and for what the engine answers in its own way."""
    yield from _having(tokens)
    yield from _unbound(tokens)
    yield from _graphs(tokens)
    yield from _columns(tokens)
    labels = _labels(tokens)
    depth = 0
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "string" and (sentence := _string(tokens, at, labels)) is not None:
            yield sentence
        if token.kind == "number" and token.text.isdigit() and int(token.text) > LARGEST_INTEGER:
            yield f"{token.text[:40]} is beyond 64 bits: the engine computes and compares it as no number."
        if token.text in _ORDERS and any(near.word in {"TRUE", "FALSE"} for near in tokens[at - 1 : at + 2 : 2]):
            yield "The engine puts truth values in no order: write = or != for `<`, `>`, `<=` and `>=`."
        if token.word == "LANG" and (text := _compared(tokens, at)) is not None and text != text.lower():
            yield f"LANG gives small letters: write LANGMATCHES(LANG(...), {text}) for = {text}."
        if token.text == "!" and after is not None and after.text == "(" and _is_both_ways(tokens, at + 1):
            yield "A negated property set in both directions gives a row once, though both find it: write a UNION."
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
    if before.kind == "name" and before.text.partition(":")[2] in _LABELS:
        return f"{written[:60]} is another term than {written[:60]}@en: labels may have a language."
    if before.kind in {"name", "iri"} and _NUMBER.fullmatch(text):
        return f"{written} is a string, and another term than the number {text}, which has no quotation marks."
    label = tokens[at - 2].text if before.text in {"=", "!="} else ""
    if label in labels:
        return f"{written[:60]} equals no label with a language: write STR({label[:MOST_SHOWN]}) = {written[:60]}."
    return None


def _labels(tokens: Sequence[Token]) -> set[str]:
    """Return the variables that are objects of a property of labels."""
    behind = (value for name, value in pairwise(tokens) if name.text.partition(":")[2] in _LABELS)
    return {value.text for value in behind if value.kind == "variable"}


def _columns(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of a column that no pattern gives a value: it stays empty."""
    words = [token.word for token in tokens]
    if words.count("SELECT") != 1:
        return
    begin = words.index("SELECT") + 1
    end = next((at for at in range(begin, len(tokens)) if tokens[at].text == "{"), len(tokens))
    behind = {token.text[1:] for token in tokens[end:] if token.kind == "variable"}
    depth, named = 0, {tokens[at + 1].text[1:] for at in range(begin, end - 1) if words[at] == "AS"}
    for token in tokens[begin:end]:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and token.text[1:] not in behind | named:
            near = difflib.get_close_matches(token.text[1:], sorted(behind)[:MOST_COMPARED], n=1)
            meant = f"; did you mean ?{near[0][:MOST_SHOWN]}?" if near else "."
            yield f"{token.text[:MOST_SHOWN]} stands in no pattern{meant}"


def _having(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of a name in HAVING, which is evaluated before the columns get their names (SPARQL 18.2.4.1)."""
    words = [token.word for token in tokens]
    if "HAVING" not in words:
        return
    named = {tokens[at + 1].text for at, word in enumerate(words[:-1]) if word == "AS"}
    grouped = set()
    if "GROUP" in words:
        grouped = {token.text for token in tokens[words.index("GROUP") : words.index("HAVING")]}
    begin = words.index("HAVING") + 1
    for token in tokens[begin : closing(tokens, begin)]:
        if token.kind == "variable" and token.text in named - grouped:
            yield f"HAVING does not know {token.text[:MOST_SHOWN]}, a name of SELECT: write its expression again."


def _unbound(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of an aggregate over what may have no value: one such row leaves it unbound (SPARQL 18.5.1)."""
    depths: dict[str, set[bool]] = {}
    optional: list[bool] = []
    for at, token in enumerate(tokens):
        if token.text == "{":
            optional.append(tokens[at - 1].word == "OPTIONAL" or (bool(optional) and optional[-1]))
        elif token.text == "}":
            optional.pop()
        elif token.kind == "variable" and optional:
            depths.setdefault(token.text, set()).add(optional[-1])
    for at, token in enumerate(tokens[:-3]):
        if token.word not in _BLANKED or tokens[at + 1].text != "(":
            continue
        inside = tokens[at + 2 : closing(tokens, at + 1)]
        inside = inside[1:] if inside and inside[0].word == "DISTINCT" else inside
        if inside and inside[0].kind == "variable" and depths.get(inside[0].text) == {True}:
            name, call = inside[0].text[:MOST_SHOWN], token.word
            yield f"One row without {name} leaves {call}({name}) unbound: write {call}(COALESCE({name}, ...))."


def _graphs(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of a variable of GRAPH within its group, where it has no value (SPARQL 18.6)."""
    for at, token in enumerate(tokens[:-2]):
        name = tokens[at + 1]
        if token.word != "GRAPH" or name.kind != "variable" or tokens[at + 2].text != "{":
            continue
        depth = 0
        for inside in tokens[at + 3 : closing(tokens, at + 2)]:
            depth += (inside.text == "(") - (inside.text == ")")
            if depth and inside.text == name.text:
                shown = name.text[:MOST_SHOWN]
                yield f"{shown} has no value within the braces of GRAPH {shown}: put this behind them."
                break


def _compared(tokens: Sequence[Token], at: int) -> str | None:
    """Return the string that the call at an index is said to be equal to; None where there is none."""
    end = closing(tokens, at + 1)
    if end + 2 < len(tokens) and tokens[end + 1].text in {"=", "!="} and tokens[end + 2].kind == "string":
        return tokens[end + 2].text
    return None


def _is_both_ways(tokens: Sequence[Token], opening: int) -> bool:
    inside = tokens[opening + 1 : closing(tokens, opening)]
    if not all(part.kind in {"iri", "name"} or part.text in {"|", "^", "a"} for part in inside):
        return False  # an expression
    return len({part.text == "^" for at, part in enumerate(inside) if at == 0 or inside[at - 1].text == "|"}) == 2


def _is_thousands(tokens: Sequence[Token], at: int) -> bool:
    number, comma, *rest = tokens[at : at + 3]
    is_close = bool(rest) and rest[0].kind == "number" and comma.offset == number.end and rest[0].offset == comma.end
    return is_close and len(rest[0].text) == 3 and len(number.text) <= 3
