"""Whole lines: in another order, too many, inside or outside a loop, `=` and `+=`."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from rnn_helpers.checking.repairs.edit import LIKELY, Repair, Source

_SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr)


def repairs(source: Source) -> Iterator[Repair]:
    """Walk the texts with one line moved, left out, or assigned in the other way."""
    for node in ast.walk(source.tree):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield from _in_a_row(source, body)
        if isinstance(node, (ast.For, ast.While)):
            yield from _out_of_the_loop(source, node)
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            yield from _assigned(source, node)


def _simple(node: ast.stmt) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return isinstance(node, _SIMPLE) and not text


def _in_a_row(source: Source, body: list[ast.stmt]) -> Iterator[Repair]:
    for one, two in zip(body, body[1:], strict=False):
        if _simple(one) and _simple(two):
            says = f"the line {source.short(one)} comes too early: it changes what the next needs."
            lines = source.text.splitlines(keepends=True)
            first, last = lines[_rows(one)], lines[_rows(two)]
            lines[one.lineno - 1 : two.end_lineno] = last + first
            yield _repair(lines, says, "Exchange it with the line below.", one)
    for node in body:
        if _simple(node):
            says = f"the line {source.short(node)} is too much."
            lines = source.text.splitlines(keepends=True)
            lines[_rows(node)] = [" " * node.col_offset + "pass\n"]
            yield _repair(lines, says, "Leave it out.", node, alone=True)
    for loop, after in zip(body, body[1:], strict=False):
        if isinstance(loop, (ast.For, ast.While)) and _simple(after):
            says = f"{source.short(after)} stands behind the loop, and belongs into it."
            lines = source.text.splitlines(keepends=True)
            inner = loop.body[0].col_offset - loop.col_offset
            lines[_rows(after)] = [" " * inner + line for line in lines[_rows(after)]]
            yield _repair(lines, says, "Move it to the right.", after)


def _rows(node: ast.stmt) -> slice:
    return slice(node.lineno - 1, node.end_lineno)


def _out_of_the_loop(source: Source, loop: ast.For | ast.While) -> Iterator[Repair]:
    if len(loop.body) < 2:
        return
    for node in (loop.body[0], loop.body[-1]):
        if not _simple(node) or node.lineno == loop.lineno:
            continue
        says = f"{source.short(node)} is done in every round of the loop, and once is meant."
        lines = source.text.splitlines(keepends=True)
        moved = textwrap.indent(textwrap.dedent("".join(lines[_rows(node)])), " " * loop.col_offset)
        del lines[_rows(node)]
        gone = node.end_lineno - node.lineno + 1
        at = loop.lineno - 1 if node is loop.body[0] else loop.end_lineno - gone
        lines.insert(at, moved if moved.endswith("\n") else moved + "\n")
        yield _repair(lines, says, "Move it out of the loop.", node)


def _assigned(source: Source, node: ast.Assign | ast.AugAssign) -> Iterator[Repair]:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Tuple):
        return
    lines, name = source.text.splitlines(keepends=True), source.short(target)
    value = source.of(node.value)
    value = f"({value})" if "\n" in value else value  # its brackets are no part of it
    if isinstance(node, ast.AugAssign):
        new = f"{source.of(target)} = {value}"
        says = f"{name} piles up: each round adds to it, where it should be replaced."
    else:
        new = f"{source.of(target)} += {value}"
        says = f"{name} is replaced where it should be added to."
    lines[_rows(node)] = [" " * node.col_offset + new + "\n"]
    yield _repair(lines, says, f"Write `{new}`.", node)


def _repair(lines: list[str], says: str, more: str, node: ast.stmt, alone: bool = False) -> Repair:
    return Repair(lambda: "".join(lines), says, more, LIKELY, node.lineno, alone=alone, moves=True)
