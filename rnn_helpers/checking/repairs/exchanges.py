"""Two things that stand in each other's place in one line."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from functools import partial

from rnn_helpers.checking.repairs.edit import LIKELY, Edit, Repair, Source, name_of

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return)


def repairs(source: Source) -> Iterator[Repair]:
    """Walk the texts in which two variables, entries or elements of a line are exchanged."""
    for line in ast.walk(source.tree):
        if isinstance(line, _SIMPLE) and line.value is not None:
            yield from _in_line(source, line)
        elif isinstance(line, (ast.Tuple, ast.List)):
            yield from _elements(source, line)
    yield from _blocks(source)


def _in_line(source: Source, line: ast.stmt) -> Iterator[Repair]:
    places: dict[str, list[ast.AST]] = {}
    for node in ast.walk(line.value):
        known = isinstance(node, ast.Name) and node.id in source.variables
        if known or isinstance(node, ast.Subscript):
            places.setdefault(source.of(node), []).append(node)
    for one, two in itertools.combinations(places, 2):
        edits = [Edit(node, two, "") for node in places[one]]
        edits += [Edit(node, one, "") for node in places[two]]
        yield from _repair(source, edits, one, two)


def _elements(source: Source, group: ast.Tuple | ast.List) -> Iterator[Repair]:
    for left, right in itertools.combinations(group.elts, 2):
        one, two = source.of(left), source.of(right)
        if one != two:
            yield from _repair(source, [Edit(left, two, ""), Edit(right, one, "")], one, two)


def _blocks(source: Source) -> Iterator[Repair]:
    """Walk the texts in which what is split has its names in another order, in every such line."""
    lines = [node for node in ast.walk(source.tree) if _is_split(node)]
    lengths = {len(line.targets[0].elts) for line in lines}
    if len(lengths) != 1 or not 2 <= min(lengths) <= 4:
        return
    says = "the blocks of rows stand in another order than the names they are given here."
    first = min(line.lineno for line in lines)
    for order in itertools.permutations(range(*lengths)):
        pairs = [(k, j, line.targets[0].elts) for line in lines for k, j in enumerate(order)]
        edits = [Edit(names[k], source.of(names[j]), "") for k, j, names in pairs if j != k]
        if edits:
            more = "Mind the order of the rows that the text gives."
            yield Repair(partial(source.edited, edits), says, more, LIKELY, first)


def _is_split(node: ast.AST) -> bool:
    """Say whether a line gives names to the blocks of an array."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Tuple):
        return False
    names = ("split", "array_split", "vsplit")
    return isinstance(node.value, ast.Call) and name_of(node.value) in names


def _repair(source: Source, edits: list[Edit], one: str, two: str) -> Iterator[Repair]:
    if len(one) + len(two) < 60:
        says = f"`{one}` and `{two}` stand in each other's place."
        line = min(edit.node.lineno for edit in edits)
        yield Repair(partial(source.edited, edits), says, "Exchange them.", LIKELY, line)
