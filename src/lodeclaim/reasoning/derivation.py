"""The way from what is asserted to what follows: the stages of the build, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from lodeclaim.reasoning import owl, rules
from lodeclaim.reasoning.rules import Rule, Stage
from lodeclaim.resources import Source


@dataclass(frozen=True)
class Step:
    """One rule of a stage, or its closure."""

    stage: Stage
    rule: Rule | None
    """None for a closure."""

    def apply(self, store: ox.Store) -> int:
        """Add what follows to a store; return how many triples were new. Raises as `rules.apply` does."""
        if self.rule is None:
            return rules.add_new(store, owl.closure(owl.view(store, of=self.stage)), self.stage.graphs)
        return rules.apply(self.rule, store)


def steps(sources: Iterable[Source], store: ox.Store) -> list[Step]:
    """Return the steps in their order: the rules in the folder of each stage, or its closure.

    `sources` are the files of the rules; what stages there are, the ontology in the store says. Raises as
    `rules.read` does.
    """
    stages = rules.stages(store)
    known = rules.read(sources, stages)
    return [
        Step(stage, rule)
        for stage in stages
        for rule in ([None] if stage.closes else [rule for rule in known if rule.stage == stage])
    ]
