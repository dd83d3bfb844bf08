"""Wrong functions that differ from the reference in one small thing, each put into words.

They serve as known mistakes that nobody had to write down: another operation, another variable, a
bracket, an axis or a transpose that is missing. The words say what kind of thing it is, and not how
the right line reads.
"""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Callable, Iterator

from rnn_helpers.checking.known import compiled, source_of
from rnn_helpers.checking.source import COMPARISONS, OPERATIONS

Change = tuple[str, ast.AST]  # the words, and what stands in place of the node
_MOST = 250
_ENDLESS = 0.03  # seconds: no mutant that ends computes for so long

_SIBLINGS = (
    ("sum", "mean"),
    ("max", "min"),
    ("max", "mean"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("cumsum", "sum"),
    ("cumprod", "cumsum"),
    ("cumprod", "prod"),
    ("std", "var"),
    ("hstack", "vstack"),
    ("exp", "exp2"),
    ("log", "log2"),
    ("log", "log10"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("tanh", "tan"),
    ("sigmoid", "softmax"),
)


class Mutants:
    """The wrong functions of one reference, each made when it is first asked for."""

    def __init__(self, reference: Callable) -> None:
        self._reference = reference
        self._texts = _texts(source_of(reference))
        self._made: dict[str, Callable | None] = {}
        self._cut_short: set[Callable] = set()

    def __iter__(self) -> Iterator[tuple[Callable, str]]:
        for text, words in self._texts.items():
            if text not in self._made:
                self._made[text] = compiled(self._reference, text)
            function = self._made[text]
            if function is not None:
                yield function, words

    def was_cut_short(self, function: Callable, computed: float) -> None:
        """Drop a function that has computed for so many seconds without an end.

        On a busy machine the time may be up though it has hardly begun: then it is kept, once.
        """
        if computed > _ENDLESS or function in self._cut_short:
            self.drop(function)
        self._cut_short.add(function)

    def drop(self, function: Callable) -> None:
        """Leave out a function from now on, since it does not end."""
        self._made = {text: None if f is function else f for text, f in self._made.items()}


@functools.cache
def mutants_of(reference: Callable) -> Mutants:
    """Return the wrong functions that are near a reference."""
    return Mutants(reference)


def _texts(text: str) -> dict[str, str]:
    """Return the source of each mutant, and the words for it."""
    tree, made = ast.parse(text), {}
    if not isinstance(tree.body[0], ast.FunctionDef):  # a lambda, for example
        return made
    variables, lines = _variables(tree), _starts(text)
    for node in ast.walk(tree):
        for words, other in _changes(node, variables):
            made.setdefault(_replaced(text, lines, node, other), words)
            if len(made) == _MOST:
                return made
    return made


def _starts(text: str) -> list[int]:
    """Return where each line begins, in bytes, as a syntax tree counts."""
    lengths = [len(line) for line in text.encode().splitlines(keepends=True)]
    return list(itertools.accumulate(lengths, initial=0))


def _replaced(text: str, lines: list[int], node: ast.AST, other: ast.AST) -> str:
    """Return the source with ``other`` in the place of ``node``."""
    begin = lines[node.lineno - 1] + node.col_offset
    end = lines[node.end_lineno - 1] + node.end_col_offset
    words = ast.unparse(ast.fix_missing_locations(other))
    if isinstance(node, ast.expr) and not isinstance(node, ast.Slice):
        words = f"({words})"
    source = text.encode()
    return (source[:begin] + words.encode() + source[end:]).decode()


def _variables(tree: ast.Module) -> list[str]:
    """Return the arguments of the function and the names that it assigns to."""
    arguments = [argument.arg for argument in tree.body[0].args.args]
    stored = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_stored(n)]
    return list(dict.fromkeys(arguments + stored))


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _changes(node: ast.AST, variables: list[str]) -> Iterator[Change]:
    if isinstance(node, ast.BinOp):
        yield from _of_operation(node)
        yield from _of_brackets(node)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _of_name(node, variables)
    elif isinstance(node, ast.Constant):
        yield from _of_number(node)
    elif isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    else:
        yield from _of_others(node)


def _of_operation(node: ast.BinOp) -> Iterator[Change]:
    sign = OPERATIONS.get(type(node.op), "?")
    yield f"something is left out behind a `{sign}`{_about(node.right)}.", node.left
    yield f"something is left out in front of a `{sign}`{_about(node.left)}.", node.right
    for other, sign_of_other in OPERATIONS.items():
        if not isinstance(node.op, other):
            words = f"somewhere `{sign_of_other}` stands where another operation should."
            yield words, ast.BinOp(node.left, other(), node.right)
    words = f"the two sides of a `{sign}` are exchanged."
    yield words, ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            turned = ast.Attribute(getattr(node, side), "T", ast.Load())
            sides = {"left": node.left, "right": node.right, side: turned}
            words = f"a factor of a product is transposed{_about(getattr(node, side))}."
            yield words, ast.BinOp(sides["left"], node.op, sides["right"])


def _about(node: ast.AST) -> str:
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id != "np"]
    listed = " and ".join(f"`{name}`" for name in dict.fromkeys(names))
    return f": it has to do with {listed}" if listed and len(set(names)) < 4 else ""


def _of_brackets(node: ast.BinOp) -> Iterator[Change]:
    words = (
        "this comes out where a pair of brackets is missing, or stands elsewhere than it should."
    )
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp) and type(left.op) is not type(node.op):
        yield words, ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
    if isinstance(right, ast.BinOp):
        yield words, ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)


def _of_name(node: ast.Name, variables: list[str]) -> Iterator[Change]:
    if node.id in variables:
        for other in variables:
            if other != node.id:
                yield f"`{other}` stands where another variable should.", _name(other)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _of_number(node: ast.Constant) -> Iterator[Change]:
    if type(node.value) in (int, float):
        yield "a number, or a place, is one too large.", ast.Constant(node.value + 1)
        yield "a number, or a place, is one too small.", ast.Constant(node.value - 1)


def _of_comparison(node: ast.Compare) -> Iterator[Change]:
    for other, sign_of_other in COMPARISONS.items():
        if not isinstance(node.ops[0], other):
            words = f"a comparison is another than it should be: it comes out as `{sign_of_other}`."
            yield words, ast.Compare(node.left, [other()], node.comparators)


def _of_call(node: ast.Call) -> Iterator[Change]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if len(node.args) == 1 and name != "range":
        yield f"`{name}` is missing: it is not taken.", node.args[0]
    for k, keyword in enumerate(node.keywords):
        rest = node.keywords[:k] + node.keywords[k + 1 :]
        yield f"`{keyword.arg}` is missing in a `{name}`.", ast.Call(node.func, node.args, rest)
        if keyword.arg == "axis":
            for axis in (0, 1, 2, -1):
                other = [*rest, ast.keyword("axis", ast.Constant(axis))]
                words = f"a `{name}` runs along the wrong axis."
                yield words, ast.Call(node.func, node.args, other)
    for pair in _SIBLINGS:
        if name in pair and isinstance(node.func, ast.Attribute):
            sibling = pair[1 - pair.index(name)]
            function = ast.Attribute(node.func.value, sibling, ast.Load())
            words = f"`{sibling}` is taken where `{name}` should be."
            yield words, ast.Call(function, node.args, node.keywords)


def _of_others(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield f"a transpose is missing{_about(node.value)}.", node.value
    if isinstance(node, ast.UnaryOp):
        sign = {ast.USub: "a minus sign", ast.Not: "a `not`", ast.Invert: "a `~`"}
        yield f"{sign.get(type(node.op), 'a sign')} is missing.", node.operand
    if isinstance(node, ast.AugAssign):
        words = "a total is overwritten, and not added to."
        yield words, ast.Assign([node.target], node.value)
    if isinstance(node, ast.IfExp):
        yield "one case is treated like the other one.", node.body
        yield "one case is treated like the other one.", node.orelse
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "`and` and `or` are exchanged.", ast.BoolOp(other, node.values)
        for value in node.values:
            yield "a condition is left out.", value
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper", "step"):
            if getattr(node, bound) is not None:
                kept = {name: getattr(node, name) for name in ("lower", "upper", "step")}
                yield "a slice has lost a bound.", ast.Slice(**kept | {bound: None})
