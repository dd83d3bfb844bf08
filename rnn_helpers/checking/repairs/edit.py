"""A small change of an answer's own text: what it replaces, by what, and what mistake it undoes."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

LIKELY, FAR = 0, 1  # how near at hand a mistake is


@dataclass(frozen=True, eq=False)
class Edit:
    """``new`` in the place of ``node`` undoes the mistake that ``says`` puts into words.

    Edits with the same ``tag`` undo the same mistake in several places. ``more`` is the right line,
    for the second time; without it, it is made of the two texts.
    """

    node: ast.AST
    new: str
    says: str
    tag: str = ""
    rank: int = LIKELY
    more: str = ""
    cuts: str = ""  # what is left out, if that is all it does
    alone: bool = False  # it means nothing together with another mistake, and comes last
    unpaired: bool = False  # it makes much, so that another mistake is soon found beside it


@dataclass(frozen=True, eq=False)
class Repair:
    """A whole text in which a mistake is undone; it is made when it is asked for."""

    make: Callable[[], str]
    says: str
    more: str
    rank: int
    line: int  # the first that it changes, counted from 1
    cuts: str = ""
    alone: bool = False
    moves: bool = False  # a whole line
    unpaired: bool = False

    @cached_property
    def text(self) -> str:
        """The text, "" if it cannot be made."""
        return self.make()


class Source:
    """The text of a function, its tree and what stands where."""

    def __init__(self, text: str) -> None:
        self.text, self.tree = text, ast.parse(text)
        self._bytes = text.encode()
        lengths = map(len, self._bytes.splitlines(keepends=True))
        self._lines = list(itertools.accumulate(lengths, initial=0))
        self.function = self.tree.body[0]
        attributes = [node for node in ast.walk(self.tree) if isinstance(node, ast.Attribute)]
        self.transposed = {node.value for node in attributes if node.attr == "T"}
        operations = [node for node in ast.walk(self.tree) if isinstance(node, ast.BinOp)]
        slices = [node for node in ast.walk(self.tree) if isinstance(node, ast.Slice)]
        self.steps = {node.step for node in slices if node.step}
        places = [node.slice for node in ast.walk(self.tree) if isinstance(node, ast.Subscript)]
        self.in_places = {node for place in places for node in ast.walk(place)}
        self.operands = {side for node in operations for side in (node.left, node.right)}
        self.arguments = [argument.arg for argument in self.function.args.args]
        self.variables = list(dict.fromkeys([*self.arguments, *sorted(_stored(self.tree))]))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes."""
        begin = self._lines[node.lineno - 1] + node.col_offset
        return begin, self._lines[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.AST) -> str:
        """Return the text of a node."""
        begin, end = self.span(node)
        return self._bytes[begin:end].decode()

    def factor(self, node: ast.AST) -> str:
        """Return the text of a node, in brackets unless it is one thing."""
        whole = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Tuple)
        positive = isinstance(node, ast.Constant)
        return self.of(node) if positive or isinstance(node, whole) else f"({self.of(node)})"

    def lines_behind(self, wrong: set[int]) -> set[int]:
        """Return the lines that the returned values in these places are made by; all, if unsure."""
        every = set(range(1, len(self._lines) + 1))
        last = self.function.body[-1]
        returned = last.value if isinstance(last, ast.Return) else None
        if not isinstance(returned, ast.Tuple) or not wrong or max(wrong) >= len(returned.elts):
            return every
        needed = set().union(*(_names(returned.elts[k]) for k in wrong))
        lines, before = {last.lineno}, 0
        while before != len(needed) + len(lines):
            before = len(needed) + len(lines)
            for line in self._simple_lines():
                if _stored(line) & needed:
                    lines |= set(range(line.lineno, line.end_lineno + 1))
                    needed |= _names(line)
        return lines

    def _simple_lines(self) -> list[ast.stmt]:
        simple = (ast.Assign, ast.AugAssign, ast.For, ast.Expr)
        return [node for node in ast.walk(self.function) if isinstance(node, simple)]

    def known_at(self, node: ast.AST) -> list[str]:
        """Return the variables that have a value where a node stands."""
        stored = [line for line in self._simple_lines() if line.lineno < node.lineno]
        before = set().union(*map(_stored, stored))
        return [name for name in self.variables if name in before or name in self.arguments]

    def places(self) -> list[str]:
        """Return what may be meant as a place: the ends, the variables and what is next to them."""
        near = [f"{name}{by}" for name in self.variables for by in ("", " + 1", " - 1")]
        return ["0", "1", "-1", *near, *(f"-{name}" for name in self.variables)]

    def short(self, node: ast.AST) -> str:
        """Return the text of a node on one line, without backticks, between backticks."""
        text = " ".join(self.of(node).split()).replace("`", "'")
        return f"`{text if len(text) <= 50 else text[:47] + '...'}`"

    def edited(self, edits: Iterable[Edit]) -> str:
        """Return the text with all edits made, or "" if they overlap."""
        text, before = self._bytes, len(self._bytes) + 1
        for edit in sorted(edits, key=lambda edit: self.span(edit.node), reverse=True):
            begin, end = self.span(edit.node)
            if end > before:
                return ""
            text, before = text[:begin] + edit.new.encode() + text[end:], begin
        return text.decode()

    def repairs(self, edits: Iterable[Edit], lines: Container[int]) -> Iterator[Repair]:
        """Walk the texts that each edit makes, and those of one mistake in several places."""
        groups: dict[str, list[Edit]] = {}
        for edit in edits:
            if edit.node.lineno in lines:
                yield self._repair([edit])
                if edit.tag:
                    groups.setdefault(edit.tag, []).append(edit)
                    groups.setdefault(f"{edit.tag} in {edit.node.lineno}", []).append(edit)
        yield from (self._repair(group) for group in groups.values() if len(group) > 1)

    def _repair(self, edits: list[Edit]) -> Repair:
        first = min(edits, key=lambda edit: edit.node.lineno)
        more = first.more or f"Write `{first.new}` in place of {self.short(first.node)}."
        count = f" (It is so in {len(edits)} places.)" if len(edits) > 1 else ""
        make, line = partial(self.edited, edits), first.node.lineno
        about = {"alone": first.alone, "unpaired": first.unpaired}
        return Repair(make, first.says + count, more, first.rank, line, first.cuts, **about)


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _stored(tree: ast.AST) -> set[str]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def name_of(call: ast.Call) -> str:
    """Return the last name of what is called: "sum" of ``np.sum(x)`` and of ``x.sum()``."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
