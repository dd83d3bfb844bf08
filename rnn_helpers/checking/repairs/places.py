"""Places and names: one too far, a slice for an entry, another axis, another variable."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rnn_helpers.checking.repairs.edit import FAR, Edit, Source


def edits(source: Source) -> Iterator[Edit]:
    """Walk the edits of every place, name and number."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from _names(source, node)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield from _entries(source, node)
        elif isinstance(node, ast.Constant):
            yield from _numbers(source, node)
        elif isinstance(node, ast.Slice):
            yield from _slices(source, node)


def _entries(source: Source, node: ast.Subscript) -> Iterator[Edit]:
    name, place, whole = source.of(node.value), node.slice, source.short(node)
    if isinstance(place, ast.Tuple):
        yield from _several(source, node, place)
    elif isinstance(place, ast.Slice):
        for bound in filter(None, (place.lower, place.upper)):
            says = f"{whole} is a slice of several entries, and one of them is meant."
            yield Edit(node, f"{name}[{source.of(bound)}]", says, f"entry of {name}")
    else:
        yield from _one_further(source, node)
        says = f"{whole} reads along the first axis, and another is meant."
        yield Edit(node, f"{name}[:, {source.of(place)}]", says, f"axis of {name}")
        part = "one entry" if isinstance(place, (ast.Name, ast.Constant, ast.BinOp)) else "a part"
        says = f"{whole} is {part}, and all are meant."
        yield Edit(node, name, says, f"all of {name}")


def _one_further(source: Source, node: ast.Subscript) -> Iterator[Edit]:
    name, place, whole = source.of(node.value), source.of(node.slice), source.short(node)
    if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return
    fixed = isinstance(node.slice, (ast.Constant, ast.UnaryOp))
    for sign, words in (("+", "early"), ("-", "late")):
        says = f"{whole} is one place too {words}."
        yield Edit(node, f"{name}[{_by_one(place, sign)}]", says, f"{name}{sign}1", unpaired=fixed)
    if not isinstance(node.slice, ast.Constant):
        says = f"{whole} counts from the wrong end."
        yield Edit(node, f"{name}[-({place})]", says, f"-{name}", FAR)
    for other in source.places():
        yield Edit(node, f"{name}[{other}]", f"{whole} is the wrong entry.", f"of {name}", FAR)


def _several(source: Source, node: ast.Subscript, place: ast.Tuple) -> Iterator[Edit]:
    name, whole = source.of(node.value), source.short(node)
    kept = [source.of(part) for part in place.elts if not isinstance(part, ast.Slice)]
    if len(kept) == 1 and len(place.elts) == 2:
        says = f"{whole} reads along another axis than it should."
        yield Edit(node, f"{name}[{kept[0]}]", says, f"axis of {name}")
    if len(place.elts) == 2:
        turned = ", ".join(source.of(part) for part in reversed(place.elts))
        says = f"the two places in {whole} are exchanged."
        yield Edit(node, f"{name}[{turned}]", says, f"exchanged {name}")


def _slices(source: Source, node: ast.Slice) -> Iterator[Edit]:
    lower, upper, step = (source.of(b) if b else "" for b in (node.lower, node.upper, node.step))
    tail = f":{step}" if step else ""
    whole = source.short(node)
    for sign in "+-":
        word = {"+": "later", "-": "earlier"}[sign]
        if lower:
            says = f"the slice {whole} must begin one place {word}."
            begin = _by_one(lower, sign)
            yield Edit(node, f"{begin}:{upper}{tail}", says, f"lower{sign}{whole}")
        if upper:
            says = f"the slice {whole} must end one place {word}."
            end = _by_one(upper, sign)
            yield Edit(node, f"{lower}:{end}{tail}", says, f"upper{sign}{whole}")
    for new, given in ((f"{lower}:", upper), (f":{upper}", lower)):
        if given:
            says = f"the slice {whole} has a bound too many."
            yield Edit(node, new + tail, says, f"bound{new}{whole}")
    if lower and not upper:
        yield Edit(node, f":{lower}", f"the slice {whole} is the other part.", f"part {whole}")
    if upper and not lower:
        yield Edit(node, f"{upper}:", f"the slice {whole} is the other part.", f"part {whole}")
    if step:
        says = f"the slice {whole} has a step too many."
        if step == "-1":
            says = f"the slice {whole} turns the order round, which it should not."
        yield Edit(node, f"{lower}:{upper}", says, "step")


def _by_one(place: str, sign: str) -> str:
    """Return the place next to one, as one would write it."""
    if place.lstrip("-").isdigit():
        return str(int(place) + (1 if sign == "+" else -1))
    return f"{place} {sign} 1"


def _numbers(source: Source, node: ast.Constant) -> Iterator[Edit]:
    if type(node.value) not in (int, float):
        return
    for other, words in ((node.value + 1, "small"), (node.value - 1, "large")):
        says = f"the number {source.short(node)} is one too {words}."
        yield Edit(node, f"({other})" if other < 0 else str(other), says, alone=True)
    for name in source.arguments:
        says = f"the number {source.short(node)} stands where a variable belongs."
        yield Edit(node, name, says, f"{source.of(node)}→{name}", FAR)


def _names(source: Source, node: ast.Name) -> Iterator[Edit]:
    if node.id not in source.variables:
        return
    if node.id in source.arguments:
        if node not in source.transposed:
            says = f"`{node.id}` should be transposed here."
            yield Edit(node, f"{node.id}.T", says, f"T of {node.id}")
        says = f"`{node.id}` stands where its opposite belongs: it is True where that is not."
        yield Edit(node, f"(~{node.id})", says, f"~{node.id}", alone=True)
    if node in source.operands - source.in_places:
        says = f"`{node.id}` stands where 1 minus it belongs."
        yield Edit(node, f"(1 - {node.id})", says, f"1 - {node.id}")
    for other in source.known_at(node):
        if other != node.id:
            says = f"`{node.id}` stands where another variable belongs."
            yield Edit(node, other, says, f"{node.id}→{other}", FAR)
