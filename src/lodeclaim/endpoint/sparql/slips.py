"""What authors of queries slip on: for a query that was refused, the cause and the line to write.

A parser says where it cannot go on, and what it would have taken there. The slip stands elsewhere as a rule, and a
person wants to know what to write. So the tokens of a refused query are looked over for what people write most often
by mistake. Nothing here refuses a query: who finds no slip gets what the parser says.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise

from lodeclaim.endpoint.sparql.patterns import broken_triple
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_AGGREGATES = frozenset(["AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"])
_UNBRACKETED = _AGGREGATES | {
    *("ABS", "CEIL", "COALESCE", "CONCAT", "CONTAINS", "DATATYPE", "DAY", "FLOOR", "IF", "IRI", "LANG", "LCASE"),
    *("MONTH", "REGEX", "REPLACE", "ROUND", "STR", "STRAFTER", "STRBEFORE", "STRDT", "STRENDS", "STRLANG", "STRLEN"),
    *("STRSTARTS", "SUBSTR", "UCASE", "URI", "YEAR", "BOUND", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC"),
    *("LANGMATCHES", "SAMETERM"),
}
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\b")
_COMPARISONS = frozenset(["&&", "||", "=", "!=", "<", ">", "<=", ">="])
_ENDS = frozenset(["}", ".", "{"])

FOREIGN = {
    "AND": "Write && in a condition, and nothing or `.` between patterns",
    "OR": "Write || in a condition, and { ... } UNION { ... } for patterns",
    "XOR": "Write (?a || ?b) && !(?a && ?b)",
    "LIKE": 'Write CONTAINS(?x, "part"), STRSTARTS(?x, "begin") or REGEX(?x, "pattern", "i")',
    "ILIKE": 'Write REGEX(?x, "pattern", "i")',
    "MATCHES": 'Write REGEX(?x, "pattern")',
    "NULL": "An unbound variable has no value: write BOUND(?x), or !BOUND(?x)",
    "IS": "Write = to compare, BOUND(?x) to ask whether there is a value, and `a` for rdf:type",
    "ISNULL": "Write !BOUND(?x)",
    "TOP": "Write LIMIT 10 at the end",
    "FETCH": "Write LIMIT 10 at the end",
    "BETWEEN": "Write ?x >= 1 && ?x <= 9",
    "CASE": "Write IF(condition, then, else)",
    "WHEN": "Write IF(condition, then, else)",
    "THEN": "Write IF(condition, then, else)",
    "ELSE": "Write IF(condition, then, else)",
    "JOIN": "Write the patterns beside each other; OPTIONAL { ... } is a left join",
    "LEFT": "For a left join write OPTIONAL { ... }; for the first letters SUBSTR(?x, 1, 3)",
    "EXCEPT": "Write MINUS { ... }",
    "INTERSECT": "Write both patterns beside each other",
    "LENGTH": "Write STRLEN(?x)",
    "LEN": "Write STRLEN(?x)",
    "LOWER": "Write LCASE(?x)",
    "UPPER": "Write UCASE(?x)",
    "SUBSTRING": "Write SUBSTR(?x, 1, 3)",
    "ISEMPTY": 'Write STR(?x) = ""',
    "IFNULL": "Write COALESCE(?x, 0)",
    "NVL": "Write COALESCE(?x, 0)",
    "DATE": 'Write xsd:date(?x), or "2026-02-04"^^xsd:date for a constant',
    "CAST": "Write xsd:integer(?x), with the name of the datatype",
    "TODAY": "Write NOW()",
    "LET": "Write BIND(1 AS ?x)",
    "SORT": "Write ORDER BY ?x",
    "MEDIAN": "There is none in SPARQL 1.1: sort, and take the row in the middle with OFFSET",
}
"""Words of other languages, and what SPARQL has instead."""


def slip(tokens: Sequence[Token], *, is_whole: bool = True) -> QueryTextError | None:
    """Return the error that explains a refused query, by the first slip in it; None where nothing is known.

    Where its brackets are not closed, or not all of its words are those of SPARQL, it is not whole, and nothing is
    said of its triples.
    """
    text = tokens[0].source if tokens else ""
    looks = _LOOKS if is_whole else _LOOKS[:-1]
    found = (error for look in looks for error in look(tokens, text))
    return next(found, None)


def _error(token: Token, found: str, remedy: str) -> QueryTextError:
    return QueryTextError(token.position, found, remedy)


Look = Callable[[Sequence[Token], str], Iterator[QueryTextError]]


def _prologue(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for at, token in enumerate(tokens):
        after = [*tokens[at + 1 : at + 4]]
        if token.kind == "language" and token.text.lower() in {"@prefix", "@base"}:
            word = token.text[1:].upper()
            yield _error(
                token, f"`{token.text}` is Turtle", f"Write {word} without `@`, and without a dot at the end"
            )
        if token.word != "PREFIX" or not after:
            continue
        if after[0].kind in {"word", "iri"}:
            name = after[0].text if after[0].kind == "word" else ""
            yield _error(after[0], "a prefix ends with a colon", f"Write PREFIX {name}: <http://...>")
        elif len(after) > 1 and after[1].kind != "iri":
            yield _error(
                after[1], "the namespace stands in angle brackets", f"Write PREFIX {after[0].text} <http://...>"
            )
        elif len(after) > 2 and after[2].text in {".", ";"}:
            yield _error(after[2], f"`{after[2].text}` behind a PREFIX line", "Remove it: it belongs to Turtle")


def _comments(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for token, after in pairwise(tokens):
        mark = token.text + after.text
        is_close = after.offset == token.end and (token.offset == 0 or text[token.offset - 1] != ":")
        if is_close and (mark in {"//", "/*"} or (mark == "--" and text[after.end : after.end + 1] in {" ", "\t"})):
            line = text[after.end :].split("\n")[0].strip()[:60]
            yield _error(token, f"`{mark}` begins no comment", f"Write # {line}")


def _words(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for token in tokens:
        if token.word == "TOP" and (number := re.match(r"\s+([0-9]+)", text[token.end :])):
            remedy = f"Remove TOP {number[1]}, and write LIMIT {number[1]} at the end"
            yield _error(token, "`TOP` is no word of SPARQL 1.1", remedy)
        if token.word in FOREIGN:
            yield _error(token, f"`{token.text}` is no word of SPARQL 1.1", FOREIGN[token.word])


def _iris(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for token in tokens:
        if token.kind == "name" and token.text.lower() in {"http:", "https:"} and text.startswith("//", token.end):
            rest = text[token.offset :].split()[0].rstrip(";,)}]")
            yield _error(token, "an IRI stands in angle brackets", f"Write <{rest[:80].rstrip('.')}>")


def _columns(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for begin, end in _selects(tokens):
        columns = tokens[begin:end]
        groups, has_groups = _grouped(tokens, end)
        depth, at = 0, 0
        while at < len(columns):
            token = columns[at]
            if depth == 0 and token.text == ",":
                yield _error(token, "a comma between columns", "Write them with spaces only: SELECT ?a ?b")
            if depth == 0 and token.word in _UNBRACKETED:
                last = closing(tokens, begin + at)
                call, behind = text[token.offset : tokens[last].end], tokens[last + 1 : last + 3]
                is_named = len(behind) == 2 and behind[0].word == "AS" and behind[1].kind == "variable"
                name = behind[1].text if is_named else f"?{token.text.lower()}"
                yield _error(
                    token,
                    "a column that is computed stands in brackets, with a name",
                    f"Write ({call[:80]} AS {name})",
                )
            if (
                depth == 0
                and token.kind == "word"
                and token.word not in {"DISTINCT", "REDUCED", "AS", "WHERE", "FROM", "NAMED"}
            ):
                if token.word in _MODIFIERS:
                    yield _error(token, f"{token.word} stands before WHERE", "Write it behind the closing } of WHERE")
                yield _error(token, f"`{token.text[:40]}` is no column", f"Write ?{token.text[:40]}")
            if depth == 0 and token.kind in {"number", "string", "iri", "name"}:
                yield _error(token, f"`{token.text[:40]}` is no column", "Write variables: SELECT ?s")
            if depth == 0 and token.text == "(" and columns[at - 1].word in {"DISTINCT", "REDUCED"} and at:
                written = text[token.end : tokens[closing(tokens, begin + at)].offset].strip()
                if " AS " not in written.upper():
                    word = columns[at - 1].word
                    yield _error(token, f"{word} takes no brackets", f"Write SELECT {word} {written[:80]}")
            if depth == 0 and token.text == "(":
                last = closing(tokens, begin + at) - begin
                inside = columns[at + 1 : last]
                named = next((inside[n + 1] for n, part in enumerate(inside[:-1]) if part.word == "AS"), None)
                if named is not None and named.text in _variables(tokens, end):
                    remedy = f"Name the column otherwise, as {named.text}2"
                    yield _error(named, f"{named.text} stands in the pattern already", remedy)
                if named is None:
                    call = text[token.end : columns[min(last, len(columns) - 1)].offset].strip()
                    yield _error(token, "a column that is computed needs a name", f"Write ({call[:80]} AS ?value)")
                at = last
            elif token.text == "*" and has_groups:
                yield _error(
                    token,
                    "SELECT * does not go with GROUP BY",
                    "Name the columns, as in SELECT ?s (COUNT(*) AS ?count)",
                )
            at += 1
        if not columns or columns[-1].word in {"DISTINCT", "REDUCED"}:
            yield _error(tokens[begin - 1], "SELECT names no columns", "Write SELECT *, or the variables: SELECT ?s")
        yield from _ungrouped(columns, groups, has_groups)


def _variables(tokens: Sequence[Token], start: int) -> set[str]:
    """Return the variables of the group behind a SELECT, but those of subqueries."""
    at = start
    while at < len(tokens) and tokens[at].text != "{":
        at += 1
    if at == len(tokens):
        return set()
    inside = tokens[at : closing(tokens, at)]
    if any(token.word == "SELECT" for token in inside):
        return set()
    return {token.text for token in inside if token.kind == "variable"}


def _ungrouped(columns: Sequence[Token], groups: frozenset[str], has_groups: bool) -> Iterator[QueryTextError]:
    if not has_groups and not any(token.word in _AGGREGATES for token in columns):
        return
    depth = 0
    for token in columns:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and depth == 0 and token.text[1:] not in groups:
            name = token.text
            add = f"Add {name} to GROUP BY" if has_groups else f"Write GROUP BY {name} behind WHERE {{ ... }}"
            remedy = f"{add}, or (SAMPLE({name}) AS {name}Any)"
            yield _error(token, f"{name} is neither in GROUP BY nor aggregated", remedy)


def _selects(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the indices behind each SELECT and of the end of its columns."""
    for at, token in enumerate(tokens):
        if token.word == "SELECT":
            depth, end = 0, at + 1
            while end < len(tokens) and not (
                depth == 0 and (tokens[end].text == "{" or tokens[end].word in {"WHERE", "FROM"})
            ):
                depth += (tokens[end].text == "(") - (tokens[end].text == ")")
                end += 1
            yield at + 1, end


def _grouped(tokens: Sequence[Token], start: int) -> tuple[frozenset[str], bool]:
    """Return the variables in the GROUP BY behind a WHERE, and whether there is one."""
    at = start
    while at < len(tokens) and tokens[at].text != "{":
        at += 1
    at = closing(tokens, at) + 1 if at < len(tokens) else at
    if at + 1 >= len(tokens) or tokens[at].word != "GROUP":
        return frozenset(), False
    names = set()
    for token in tokens[at + 2 :]:
        if token.word in {"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"} or token.text == "}":
            break
        if token.kind == "variable":
            names.add(token.text[1:])
    return frozenset(names), True


def _conditions(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for at, token in enumerate(tokens[:-1]):
        after = tokens[at + 1]
        if token.word == "FILTER" and (
            after.kind in {"variable", "string", "number", "iri"} or after.text in {"!", "-"}
        ):
            end = next((n for n in range(at + 1, len(tokens)) if tokens[n].text in _ENDS), len(tokens))
            condition = text[after.offset : tokens[end - 1].end]
            yield _error(token, "FILTER takes its condition in brackets", f"Write FILTER({condition[:80]})")
        if token.word == "FILTER" and after.kind in {"word", "name"} and tokens[at + 2 : at + 3]:
            behind = closing(tokens, at + 2) + 1 if tokens[at + 2].text == "(" else len(tokens)
            if behind < len(tokens) and (tokens[behind].text in _COMPARISONS or tokens[behind].word in {"IN", "NOT"}):
                end = next((n for n in range(behind, len(tokens)) if tokens[n].text in _ENDS), len(tokens))
                condition = text[after.offset : tokens[end - 1].end]
                yield _error(token, "FILTER takes its condition in brackets", f"Write FILTER({condition[:80]})")
        if token.text == after.text == "=" and after.offset == token.end:
            yield _error(token, "`==` is no comparison of SPARQL", "Write =")
        if token.text == "<>" and at and tokens[at - 1].kind in {"variable", "string", "number", "name"}:
            yield _error(token, "`<>` is no comparison of SPARQL", "Write !=")
        if token.word == "NOT" and after.word not in {"IN", "EXISTS"}:
            if difflib.get_close_matches(after.word, ["EXISTS"]):
                yield _error(after, f"`{after.text[:40]}` is no word of SPARQL 1.1", "Write NOT EXISTS { ... }")
            yield _error(
                token, "NOT stands only before IN and EXISTS", "Write !( ... ) for a condition that is not to hold"
            )
        if token.word == "IN" and after.text != "(":
            members = _until(tokens, at + 1, text, {")", "}", "&&", "||", "{"}).strip("[] ")
            yield _error(token, "IN takes a list in brackets", f"Write IN ({members or '1, 2'})")
        if token.kind == "number" and (number := _THOUSANDS.match(text, token.offset)) and after.text == ",":
            yield _error(token, "a number has no commas", f"Write {number[0].replace(',', '')}")
        if token.word in _UNBRACKETED and after.text != "(":
            yield _error(
                token, f"{token.word} takes its arguments in brackets", f"Write {token.text}({_brief(after)})"
            )
        if token.word in {"FILTER", "BIND"} and after.text == "(":
            inside = tokens[at + 2 : closing(tokens, at + 1)]
            if not any(part.word == "SELECT" for part in inside):
                for part in inside:
                    if part.word in _AGGREGATES:
                        remedy = f"Write HAVING({part.word}(...) > 1) behind GROUP BY, or compute it in a subquery"
                        yield _error(part, f"{part.word} in {token.word}: nothing is grouped there", remedy)
        if token.text in _COMPARISONS and after.text == ")":
            yield _error(token, f"`{token.text}` has nothing behind it", "Write both sides")
        if token.word == "GROUP_CONCAT" and after.text == "(":
            yield from _separator(tokens, at)
        if (
            token.kind == "number"
            and after.text == "-"
            and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text[token.offset :])
        ):
            day = text[token.offset : token.offset + 10]
            yield _error(token, "a date stands in quotation marks", f'Write "{day}"^^xsd:date')
        if token.kind == "string" and after.text == "^":
            yield _error(after, "a datatype stands behind two carets", f"Write {token.text[:40]}^^xsd:date")


def _separator(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    depth = 0
    for token in tokens[at + 1 : closing(tokens, at + 1)]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 1 and token.text == ",":
            yield _error(token, "GROUP_CONCAT is told what to put between", 'Write GROUP_CONCAT(?x; SEPARATOR=", ")')


def _brief(token: Token) -> str:
    return token.text[:40] if token.kind in {"variable", "string", "iri", "name", "number"} else "..."


def _groups(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for at, token in enumerate(tokens[:-1]):
        after, word = tokens[at + 1], token.word
        if word == "UNION" and (tokens[at - 1].text != "}" or after.text != "{"):
            yield _error(token, "both sides of UNION are groups in braces", "Write { ... } UNION { ... }")
        if word == "FROM" and after.kind not in {"iri", "name"} and after.word != "NAMED":
            found = f"FROM names a graph, and there are no tables such as `{after.text[:40]}`"
            yield _error(token, found, "Leave it out: SELECT ?s WHERE { ?s a ex:Class ; ex:property ?value }")
        if word in {"OPTIONAL", "MINUS", "WHERE", "EXISTS"} and after.text != "{":
            yield _error(token, f"{word} takes a group in braces", f"Write {word} {{ ... }}")
        if word == "GRAPH" and after.text == "{":
            yield _error(token, "GRAPH says which graph", "Write GRAPH ?g { ... }, or GRAPH <IRI> { ... }")
        if word == "BIND":
            inside = tokens[at + 2 : closing(tokens, at + 1)] if after.text == "(" else ()
            if after.text != "(" or not any(part.word == "AS" for part in inside):
                yield _error(token, "BIND takes an expression and a name in brackets", "Write BIND(?x + 1 AS ?y)")
            elif inside[-1].kind == "variable":
                yield from _bound_before(tokens, at, inside[-1])
        if word == "VALUES":
            yield from _data(tokens, at)
    for at, token in enumerate(tokens):
        if token.word == "CONSTRUCT" and tokens[at + 1 : at + 2] and tokens[at + 1].text == "{":
            end = closing(tokens, at + 1)
            if end + 1 >= len(tokens):
                yield _error(
                    token, "CONSTRUCT says what to make, and not of what", "Add WHERE { ... } behind the template"
                )


def _bound_before(tokens: Sequence[Token], bind: int, name: Token) -> Iterator[QueryTextError]:
    depth = 0
    for at in range(bind - 1, -1, -1):
        depth += (tokens[at].text in {"}", ")"}) - (tokens[at].text in {"{", "("})
        if depth < 0:
            return
        if depth == 0 and tokens[at].text[1:] == name.text[1:] and tokens[at].kind == "variable":
            remedy = f"Name it otherwise, as {name.text}2, or compare with FILTER({name.text} = ...)"
            yield _error(name, f"{name.text} has a value before this BIND", remedy)
            return


def _data(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    after = tokens[at + 1]
    if after.kind == "variable" and at + 2 < len(tokens) and tokens[at + 2].text != "{":
        yield _error(tokens[at + 2], "the data of VALUES stands in braces", f"Write VALUES {after.text} {{ 1 2 }}")
    if after.text == "(":
        opening = closing(tokens, at + 1) + 1
        if opening + 1 < len(tokens) and tokens[opening].text == "{" and tokens[opening + 1].text not in {"(", "}"}:
            yield _error(
                tokens[opening + 1], "each row stands in brackets here", "Write VALUES (?a ?b) { (1 2) (3 4) }"
            )


def _modifiers(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.word in {"ORDER", "GROUP"} and (after is None or after.word != "BY"):
            yield _error(token, f"{token.word} goes with BY", f"Write {token.word} BY ?x")
        if token.word in {"ASC", "DESC"} and (after is None or after.text != "("):
            named = after if after is not None and after.kind == "variable" else tokens[at - 1]
            if named.kind == "variable":
                yield _error(
                    token, f"{token.word} takes what it sorts by in brackets", f"Write {token.word}({named.text})"
                )
        if token.word == "HAVING" and (after is None or after.text != "("):
            condition = _named_out(tokens, at + 1, text)
            yield _error(token, "HAVING takes its condition in brackets", f"Write HAVING({condition})")
        if token.word == "BY":
            yield from _commas(tokens, at + 1)
        if token.word == "LIMIT" and tokens[at + 2 : at + 3] and tokens[at + 2].text == ",":
            skipped, most = after.text if after else "0", tokens[at + 3].text if at + 3 < len(tokens) else "10"
            yield _error(token, "LIMIT takes one number", f"Write LIMIT {most} OFFSET {skipped}")
        if token.word in {"LIMIT", "OFFSET"} and (after is None or not after.text.isdigit()):
            yield _error(token, f"{token.word} takes a whole number", f"Write {token.word} 10")
    ranks = {word: rank for rank, word in enumerate(_MODIFIERS)}
    depth, last = 0, None
    for token in tokens:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.word in ranks and token.word != "VALUES":
            if (
                last is not None
                and ranks[token.word] < ranks[last.word]
                and {token.word, last.word} != {"LIMIT", "OFFSET"}
            ):
                yield _error(
                    token, f"{token.word} comes before {last.word}", f"Write {token.word} ... {last.word} ..."
                )
            last = token
    yield from _modifiers_within(tokens)
    if tokens and tokens[-1].text == ";":
        yield _error(tokens[-1], "a query ends without `;`", "Remove it")


def _modifiers_within(tokens: Sequence[Token]) -> Iterator[QueryTextError]:
    """Yield an error for a modifier directly in a group that is no subquery."""
    opened: list[tuple[Token, bool]] = []
    for at, token in enumerate(tokens):
        if token.text == "{":
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            opened.append((token, after is not None and after.word == "SELECT"))
        elif token.text == "}" and opened:
            opened.pop()
        elif opened and not opened[-1][1] and token.word in {"ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET"}:
            line = opened[-1][0].position.line
            found = f"{token.word} stands within the braces that open in line {line}"
            yield _error(token, found, f"Close them first: write }} before {token.word}")


def _named_out(tokens: Sequence[Token], start: int, text: str) -> str:
    """Return the condition from an index on, with the expressions of columns in place of their names."""
    condition = _until(tokens, start, text, {"}"}) or "COUNT(?x) > 1"
    for at, token in enumerate(tokens[:-1]):
        if token.word == "AS" and tokens[at + 1].kind == "variable":
            begin, depth = at - 1, 0
            while begin > 0 and (depth or tokens[begin].text != "("):
                depth += (tokens[begin].text == ")") - (tokens[begin].text == "(")
                begin -= 1
            expression = text[tokens[begin].end : token.offset].strip()
            condition = re.sub(rf"{re.escape(tokens[at + 1].text)}\b", expression.replace("\\", r"\\"), condition)
    return condition[:100]


def _until(tokens: Sequence[Token], start: int, text: str, ends: Collection[str]) -> str:
    """Return the text from an index on up to one of some signs or a modifier, in one line."""
    end = start
    while end < len(tokens) and tokens[end].text not in ends and tokens[end].word not in _MODIFIERS:
        end += 1
    return " ".join(text[tokens[start].offset : tokens[end - 1].end].split())[:80] if end > start else ""


def _commas(tokens: Sequence[Token], start: int) -> Iterator[QueryTextError]:
    depth = 0
    for token in tokens[start:]:
        depth += (token.text in {"(", "{"}) - (token.text in {")", "}"})
        if depth < 0 or (depth == 0 and token.word in _MODIFIERS):
            return
        if depth == 0 and token.text == ",":
            yield _error(
                token, "a comma between what is sorted or grouped by", "Write them with spaces only: BY ?a ?b"
            )


def _triples(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    if (found := broken_triple(tokens)) is not None:
        yield found


_LOOKS: Sequence[Look] = (_prologue, _iris, _comments, _words, _conditions, _groups, _modifiers, _columns, _triples)
