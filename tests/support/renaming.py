"""Whether rows are the same but for the labels of their blank nodes: equal under one renaming, one to one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

Cells = Sequence[Hashable]
Labels = dict[Hashable, Hashable]


def paired(rows: Sequence[Cells], others: Sequence[Cells], blank: type, labels: Labels | None = None) -> bool:
    """Return whether each row has a partner of its own under one renaming that extends `labels`.

    Cells of the class `blank` are blank nodes.
    """
    labels = labels or {}
    if not rows:
        return True
    # The row of most renamed blank nodes has the fewest partners.
    most = max(range(len(rows)), key=lambda place: sum(cell in labels for cell in rows[place]))
    rest = [*rows[:most], *rows[most + 1 :]]
    for place, other in enumerate(others):
        extended = renamed(rows[most], other, blank, labels)
        if extended is not None and paired(rest, [*others[:place], *others[place + 1 :]], blank, extended):
            return True
    return False


def renamed(row: Cells, other: Cells, blank: type, labels: Labels) -> Labels | None:
    """Return the renaming that makes one row the other, one to one, or None if there is none."""
    extended = dict(labels)
    for left, right in zip(row, other, strict=True):
        if isinstance(left, blank) and isinstance(right, blank):
            taken = right in extended.values() and extended.get(left) != right
            if taken or extended.setdefault(left, right) != right:
                return None
        elif left != right:
            return None
    return extended
