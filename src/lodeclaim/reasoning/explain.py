"""Why: a derived node -> the chain of rules, policies and premises behind it, down to passages."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from lodeclaim import reports


@dataclass(frozen=True)
class Step:
    """One node of the chain: what it says, the rule and policy that made it (none for a claim), what it rests on."""

    node: str
    says: str
    rule: str | None
    reason: str | None
    policy: str | None
    premises: tuple[Step, ...]

    def lines(self, depth: int = 0) -> list[str]:
        """Return the chain in words, a line a step, indented by depth."""
        by = f"  [{self.rule}" + (f", policy {self.policy}" if self.policy else "") + "]" if self.rule else ""
        own = "  " * depth + self.says + by
        return [own, *(line for premise in self.premises for line in premise.lines(depth + 1))]


def why(store: ox.Store, node: str, _above: tuple[str, ...] = ()) -> Step:
    """Return what a node rests on; claims are the leaves, with claimant, attribution and passage."""
    found = reports.rows(store, "why", node)
    premises = dict.fromkeys(row["premise"] for row in found if row["premise"] not in (*_above, node))
    first = found[0] if found else {}
    return Step(
        node=node,
        says=_in_words(store, node),
        rule=first.get("rule"),
        reason=first.get("reason"),
        policy=first.get("policy"),
        premises=tuple(why(store, premise, (*_above, node)) for premise in premises),
    )


def _bounds(row: dict[str, str]) -> str:
    if "lower" not in row:
        return ""
    end = f" to {row['below']}{row['upper']}" if "upper" in row else " with no upper end"
    return f"; read as {row['above']}{row['lower']}{end} by the policy {row['policy']}"


def _in_words(store: ox.Store, node: str) -> str:
    found = reports.rows(store, "node", node)
    if not found:
        return node
    row = found[0]
    if "who" not in row:
        return row["label"] + _bounds(row)
    answer = f" ({row['answer']})" if "answer" in row else ""
    passages = " and ".join(each["passage"] for each in found)
    return f"{row['who']}, {row['attribution']}: {row['label']}{answer} — {passages}"
