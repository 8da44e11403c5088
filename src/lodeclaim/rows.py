"""The rows of a SELECT as plain Python values, and as a frame of pandas."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from lodeclaim.endpoint.engines.engine import Table, Term
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.vocabularies import INTEGERS, XSD

if TYPE_CHECKING:
    import pandas

Value = str | int | Decimal | float | bool | date | datetime | None
"""What a cell holds; None where the variable is unbound. An IRI is its text, in full."""

_TRUTH = {"true": True, "1": True, "false": False, "0": False}
_READ: dict[str, Callable[[str], Value]] = {
    **dict.fromkeys(INTEGERS, int),
    XSD + "decimal": Decimal,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "boolean": _TRUTH.__getitem__,
    XSD + "date": date.fromisoformat,
    XSD + "dateTime": datetime.fromisoformat,
}


@dataclass(frozen=True)
class Rows:
    """The solutions of a SELECT, in their order: a sequence of named tuples, whose fields are the columns."""

    columns: tuple[str, ...]
    """The names of the variables, without `?`."""

    rows: tuple[tuple[Value, ...], ...]
    """Numbers are `int`, `Decimal` or `float`, days `date`, truth values `bool`; everything else is `str`."""

    table: Table = field(repr=False, compare=False)
    """The same as terms, which say what is an IRI, of which datatype, in which language."""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401 - its fields are those of the query
        return self.rows[index]

    def to_pandas(self) -> pandas.DataFrame:
        """Return a frame with these columns; what is unbound is missing there.

        Raises UsageError where pandas is not installed.
        """
        try:
            import pandas
        except ModuleNotFoundError as error:
            found = f"pandas is not installed ({error.name} is missing)"
            raise UsageError("to_pandas", found, "Install it with pip install pandas") from error
        return pandas.DataFrame(list(map(tuple, self.rows)), columns=list(self.columns))


def rows(table: Table) -> Rows:
    """Return the rows of a table of terms."""
    row = namedtuple("Row", table.columns, rename=True)  # type: ignore[misc]
    return Rows(table.columns, tuple(row(*map(value, terms)) for terms in table.rows), table)


def value(term: Term | None) -> Value:
    """Return a term as a plain value; the text of a literal that is not as its datatype wants it."""
    if term is None:
        return None
    try:
        return _READ.get(term.datatype or "", str)(term.value)
    except (ValueError, KeyError, InvalidOperation):
        return term.value
