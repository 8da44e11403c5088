"""Tokens -> the verb of a triple pattern: a variable or a path (SPARQL 1.1 Query, section 19.8, [88] to [96])."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lodeclaim.endpoint.sparql.groups import Path
from lodeclaim.endpoint.sparql.tokens import Token

_MODIFIERS = frozenset(["*", "?", "+"])

_Read = Callable[[Sequence[Token], int], Path]


class UnreadableError(Exception):
    """The grammar does not allow what stands at a place."""


def require(is_allowed: bool) -> None:
    """Raise UnreadableError unless what stands at a place is allowed."""
    if not is_allowed:
        raise UnreadableError


def verb(tokens: Sequence[Token], at: int) -> Path:
    """Return the verb that begins at an index; raise UnreadableError or IndexError where none does."""
    if tokens[at].kind == "variable":
        return Path(at, at + 1, "", token=tokens[at])
    return _path(tokens, at)


def _path(tokens: Sequence[Token], at: int) -> Path:
    return _joined(tokens, at, "|", _sequence)


def _sequence(tokens: Sequence[Token], at: int) -> Path:
    return _joined(tokens, at, "/", _step)


def _step(tokens: Sequence[Token], at: int) -> Path:
    return _inverse(tokens, at, _repeated)


def _joined(tokens: Sequence[Token], at: int, sign: str, read: _Read) -> Path:
    parts = [read(tokens, at)]
    while tokens[parts[-1].end].text == sign:
        parts.append(read(tokens, parts[-1].end + 1))
    return parts[0] if len(parts) == 1 else Path(at, parts[-1].end, sign, tuple(parts))


def _inverse(tokens: Sequence[Token], at: int, read: _Read) -> Path:
    """Read what may have a `^` before it."""
    if tokens[at].text != "^":
        return read(tokens, at)
    inner = read(tokens, at + 1)
    return Path(at, inner.end, "^", (inner,))


def _repeated(tokens: Sequence[Token], at: int) -> Path:
    if tokens[at].text == "!":
        step = _negated(tokens, at)
    elif tokens[at].text == "(":
        inner = _path(tokens, at + 1)
        require(tokens[inner.end].text == ")")
        step = Path(at, inner.end + 1, "()", (inner,))
    else:
        step = _property(tokens, at)
    if _is_modifier(tokens[step.end], tokens[step.end + 1]):
        return Path(at, step.end + 1, tokens[step.end].text, (step,))
    return step


def _is_modifier(token: Token, behind: Token) -> bool:
    is_sign = token.text == "+" and behind.kind == "number" and token.end == behind.offset
    return token.text in _MODIFIERS and not is_sign


def _negated(tokens: Sequence[Token], at: int) -> Path:
    """Read a negated property set: its parts are its properties, those with a `^` as such."""
    if tokens[at + 1].text != "(":
        inner = _one_of(tokens, at + 1)
        return Path(at, inner.end, "!", (inner,))
    if tokens[at + 2].text == ")":
        return Path(at, at + 3, "!")
    inner = _joined(tokens, at + 2, "|", _one_of)
    require(tokens[inner.end].text == ")")
    return Path(at, inner.end + 1, "!", inner.parts if inner.sign == "|" else (inner,))


def _one_of(tokens: Sequence[Token], at: int) -> Path:
    return _inverse(tokens, at, _property)


def _property(tokens: Sequence[Token], at: int) -> Path:
    require(tokens[at].kind in {"iri", "name"} or tokens[at].text == "a")
    return Path(at, at + 1, "", token=tokens[at])
