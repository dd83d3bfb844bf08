"""Operations: another sign, exchanged sides, a term too many, brackets, transposes, slopes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rnn_helpers.checking.repairs.edit import FAR, LIKELY, Edit, Source
from rnn_helpers.checking.source import COMPARISONS, OPERATIONS


def edits(source: Source) -> Iterator[Edit]:
    """Walk the edits of every operation."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.UnaryOp) and node not in source.steps:
            yield from _unary(source, node)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            yield from _slopes(source, node)
            yield from _transposes(source, node)
            yield from _too_much(source, node)
            yield from _brackets(source, node)
            yield from _signs(source, node)
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            says = f"{source.short(node.value)} is transposed, and goes in as it is."
            yield Edit(node, source.factor(node.value), says, f"T of {source.of(node.value)}")
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
            yield from _comparisons(source, node)
        elif isinstance(node, (ast.BoolOp, ast.IfExp)):
            yield from _conditions(source, node)


def _signs(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    sign, left, right = (
        OPERATIONS[type(node.op)],
        source.factor(node.left),
        source.factor(node.right),
    )
    whole = source.short(node)
    near = {"+": ("-",), "-": ("+",), "*": ("@", "/"), "/": ("*",), "@": ("*",)}.get(sign, ())
    for other in OPERATIONS.values():
        if other != sign:
            says = f"`{sign}` stands in {whole} where another operation belongs."
            rank = LIKELY if other in near else FAR
            yield Edit(node, f"({left} {other} {right})", says, f"{sign}→{other}", rank)
    if sign not in ("+", "*"):  # where the sides make a difference
        says = f"the two sides of `{sign}` in {whole} are exchanged."
        yield Edit(node, f"({right} {sign} {left})", says, f"exchanged {sign}")


def _transposes(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    if not isinstance(node.op, ast.MatMult):
        return
    for side in (node.left, node.right):
        if not (isinstance(side, ast.Attribute) and side.attr == "T"):
            says = f"{source.short(side)} should be transposed in {source.short(node)}."
            yield Edit(side, f"{source.factor(side)}.T", says, f"T of {source.of(side)}")
    left, right = source.factor(node.left), source.factor(node.right)
    plain = left.removesuffix(".T") if left.endswith(".T") else f"{left}.T"
    other = right.removesuffix(".T") if right.endswith(".T") else f"{right}.T"
    says = f"the product {source.short(node)} is transposed: mind which side each stands on."
    yield Edit(node, f"({other} @ {plain})", says, "turned product")


def _too_much(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    sign = OPERATIONS[type(node.op)]
    words = {"+": "term", "-": "term", "*": "factor", "@": "factor"}.get(sign, "")
    right, whole = source.short(node.right), source.short(node)
    if words:
        says = f"the {words} {right} in {whole} is too much."
    else:
        says = f"`{sign}` {right} in {whole} is too much."
    tag = f"-{sign}{source.of(node.right)}"
    yield Edit(node, source.factor(node.left), says, tag, cuts=right)
    if words:
        says = f"the {words} {source.short(node.left)} in {whole} is too much."
        new = source.factor(node.right)
        tag = f"{source.of(node.left)}{sign}-"
        cut = source.short(node.left)
        yield Edit(node, f"(-{new})" if sign == "-" else new, says, tag, cuts=cut)


def _brackets(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    says = f"in {source.short(node)} another operation comes first than should: mind the brackets."
    left, right, sign = node.left, node.right, OPERATIONS[type(node.op)]
    if isinstance(left, ast.BinOp) and type(left.op) in OPERATIONS:
        inner = OPERATIONS[type(left.op)]
        if inner == "/" and sign == "*":
            names = f"by {source.short(left.right)} alone, and multiplies by {source.short(right)}"
            says = f"{source.short(node)} divides {names}: mind the brackets."
        tail = f"({source.factor(left.right)} {sign} {source.factor(right)})"
        yield Edit(node, f"({source.factor(left.left)} {inner} {tail})", says, "brackets")
    if isinstance(right, ast.BinOp) and type(right.op) in OPERATIONS:
        head = f"({source.factor(left)} {sign} {source.factor(right.left)})"
        text = f"({head} {OPERATIONS[type(right.op)]} {source.factor(right.right)})"
        yield Edit(node, text, says, "brackets")


def _unary(source: Source, node: ast.UnaryOp) -> Iterator[Edit]:
    operand, whole = source.short(node.operand), source.short(node)
    says = {
        ast.Invert: f"the mask is inverted: {whole} is True where {operand} is not.",
        ast.Not: f"the condition is reversed: {whole} is true where {operand} is not.",
        ast.USub: f"there is a minus sign too many in {whole}.",
    }.get(type(node.op))
    if says:
        yield Edit(node, source.factor(node.operand), says, type(node.op).__name__)


def _comparisons(source: Source, node: ast.Compare) -> Iterator[Edit]:
    sign = COMPARISONS[type(node.ops[0])]
    left, right = source.of(node.left), source.of(node.comparators[0])
    for other in COMPARISONS.values():
        if other != sign:
            says = f"the comparison {source.short(node)} is another than it should be."
            if {sign, other} in ({"<", "<="}, {">", ">="}):
                says = f"{source.short(node)} decides wrongly where both sides are equal."
            elif {sign, other} in ({"<", ">="}, {">", "<="}, {"==", "!="}):
                says = f"the condition is reversed: {source.short(node)} is true of the others."
            sure, equal = "reversed" in says, "where both" in says
            text = f"({left} {other} {right})"
            yield Edit(
                node, text, says, f"{sign}→{other}", alone=not (sure or equal), unpaired=equal
            )


def _conditions(source: Source, node: ast.BoolOp | ast.IfExp) -> Iterator[Edit]:
    whole = source.short(node)
    if isinstance(node, ast.IfExp):
        test, yes, no = map(source.of, (node.test, node.body, node.orelse))
        yield Edit(node, f"({no} if {test} else {yes})", f"the two cases of {whole} are exchanged.")
        return
    both = isinstance(node.op, ast.And)
    parts = [source.factor(value) for value in node.values]
    text = (" or " if both else " and ").join(parts)
    yield Edit(node, f"({text})", f"`and` and `or` are exchanged in {whole}.", alone=True)
    for value in node.values:
        says = f"in {whole} there is a condition too many, besides {source.short(value)}."
        yield Edit(node, source.factor(value), says, alone=True)


# --- slopes --------------------------------------------------------------------------------------


def _slopes(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    """Take the slope of tanh for that of the sigmoid, and the reverse."""
    whole = source.short(node)
    if isinstance(node.op, ast.Mult):
        front, x = _last_factor(node.left)
        if x is not None and source.of(node.right).strip("()") == f"1 - {source.of(x)}":
            lead = f"{source.of(front)} * " if front is not None else ""
            what = f"{source.of(x)} * (1 - {source.of(x)})"
            says = f"`{what}` is the slope of the sigmoid, and this is a tanh."
            yield Edit(node, f"({lead}(1 - {source.of(x)} ** 2))", says, "slope")
            says = f"the slope `{what}` is too much here: it is contained already."
            if front is not None:
                yield Edit(node, source.factor(front), says, "-slope")
    elif _is_one_minus(node) and _is_square(node.right):
        x = source.of(node.right.left)
        says = f"{whole} is the slope of tanh, and this is a sigmoid."
        yield Edit(node, f"({x} * (1 - {x}))", says, "slope")
        inside = node.right.left
        if isinstance(inside, ast.Call) and len(inside.args) == 1:
            return
        says = f"{whole} takes {source.short(inside)} for a tanh, which must be taken first."
        yield Edit(inside, f"np.tanh({x})", says, "slope of z")
    elif _is_one_minus(node) and isinstance(node.right, (ast.Name, ast.Subscript)):
        says = f"{whole} stands where {source.short(node.right)} itself belongs."
        yield Edit(node, source.of(node.right), says, f"1 - {source.of(node.right)}")
        says = f"the square is missing in the slope of tanh: {whole}."
        yield Edit(node, f"(1 - {source.of(node.right)} ** 2)", says, "square")


def _last_factor(node: ast.AST) -> tuple[ast.AST | None, ast.AST | None]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return node.left, node.right
    return None, node


def _is_one_minus(node: ast.BinOp) -> bool:
    one = isinstance(node.left, ast.Constant) and node.left.value == 1
    return one and isinstance(node.op, ast.Sub)


def _is_square(node: ast.AST) -> bool:
    power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
    return power and isinstance(node.right, ast.Constant) and node.right.value == 2
