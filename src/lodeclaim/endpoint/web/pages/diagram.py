"""Which module builds on which, drawn: modules, imports and references -> boxes and lines, the same each time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]
"""A module and one that it builds on."""

BOX_WIDTH, BOX_HEIGHT = 132, 40
_GAP_X, _GAP_Y = 36, 44
_EDGE = 4
_MARGIN = 130
"""Room at both sides for the lines that pass a layer by."""


@dataclass(frozen=True)
class Box:
    """One module; `x` and `y` are those of its upper left corner."""

    module: str
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """What one module takes from another; `path` is that of SVG."""

    pair: Pair
    path: str
    references: int
    """How often; 0 where it imports the other without naming a term of it."""

    @property
    def width(self) -> float:
        """How thick it is drawn: by the number of digits, so that the many do not hide the few."""
        return 1 + len(str(self.references)) * 0.75 if self.references else 1


@dataclass(frozen=True)
class Diagram:
    """A drawing of so many units."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(modules: Collection[str], imports: Collection[Pair], references: Mapping[Pair, int]) -> Diagram:
    """Return the drawing: each module stands above all those that it builds on.

    Of the imports without a reference those are left out that other lines imply. Modules that build on one
    another in a circle are drawn, but not one above the other.
    """
    known = sorted(modules)
    lines = {pair: count for pair, count in references.items() if set(pair) <= set(known) and pair[0] != pair[1]}
    for pair in sorted(imports):
        others = {*lines, *imports} - {pair}
        if pair not in lines and set(pair) <= set(known) and not _leads(pair[0], pair[1], others):
            lines[pair] = 0
    layers = _layers(known, lines)
    width = max((_row(len(layer)) for layer in layers), default=0) + 2 * _MARGIN
    boxes = {
        module: Box(module, (width - _row(len(layer))) // 2 + place * (BOX_WIDTH + _GAP_X), _top(depth, len(layers)))
        for depth, layer in enumerate(layers)
        for place, module in enumerate(layer)
    }
    drawn = tuple(Line(pair, _path(boxes[pair[0]], boxes[pair[1]], width), lines[pair]) for pair in sorted(lines))
    return Diagram(width, _top(0, len(layers)) + BOX_HEIGHT + _EDGE, tuple(boxes.values()), drawn)


def _leads(start: str, end: str, pairs: Collection[Pair]) -> bool:
    seen, new = set[str](), {start}
    while new:
        seen |= new
        new = {below for above, below in pairs if above in new} - seen
    return end in seen


def _layers(modules: Collection[str], pairs: Collection[Pair]) -> list[list[str]]:
    """Return the modules from the lowest layer up, each layer in the order of what it stands on."""
    depth = dict.fromkeys(modules, 0)
    # As many rounds as the longest way there can be; a circle would go on for ever.
    for _ in modules:
        for above, below in pairs:
            depth[above] = min(max(depth[above], depth[below] + 1), len(modules) - 1)
    layers: list[list[str]] = []
    place: dict[str, float] = {}
    for level in sorted(set(depth.values())):
        weight = {
            module: [place[below] for above, below in pairs if above == module and below in place]
            for module in modules
            if depth[module] == level
        }
        layer = sorted(weight, key=lambda m: (sum(weight[m]) / len(weight[m]) if weight[m] else 0.0, m))
        place |= {module: index - (len(layer) - 1) / 2 for index, module in enumerate(layer)}
        layers.append(layer)
    return layers


def _row(boxes: int) -> int:
    return boxes * BOX_WIDTH + (boxes - 1) * _GAP_X


def _top(depth: int, layers: int) -> int:
    return (layers - 1 - depth) * (BOX_HEIGHT + _GAP_Y) + _EDGE


def _path(above: Box, below: Box, width: int) -> str:
    """Return a line from the foot of one box to the head of the next, or round the boxes between."""
    drop = below.y - above.y - BOX_HEIGHT
    middle = BOX_WIDTH // 2
    if 0 < drop <= _GAP_Y:
        x1, y1, x2, y2 = above.x + middle, above.y + BOX_HEIGHT, below.x + middle, below.y
        bend = drop // 2
        return f"M{x1} {y1} C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"
    # Long lines go round at the side on which they begin; from the middle, every other layer at another side.
    left = above.x + below.x < width - BOX_WIDTH or (
        above.x + below.x == width - BOX_WIDTH and above.y // (BOX_HEIGHT + _GAP_Y) % 2 == 0
    )
    y1, y2 = above.y + BOX_HEIGHT // 2, below.y + BOX_HEIGHT // 2
    out = min(_MARGIN, abs(y2 - y1) // 3)
    if left:
        x1, x2 = above.x, below.x
        bend = max(min(x1, x2) - out, -_MARGIN // 4)
    else:
        x1, x2 = above.x + BOX_WIDTH, below.x + BOX_WIDTH
        bend = min(max(x1, x2) + out, width + _MARGIN // 4)
    return f"M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"
