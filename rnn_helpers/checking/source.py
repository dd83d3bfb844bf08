"""What can be read off an answer's text: its loops and returns, and the names that it looks up."""

from __future__ import annotations

import ast
import builtins
import difflib
import inspect
import io
import itertools
import re
import tokenize
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from rnn_helpers.checking.blanks import instructions, source_at_hand

# How Python writes an operation and a comparison.
OPERATIONS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Pow: "**",
    ast.FloorDiv: "//",
}
COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_DATA = (np.ndarray, np.generic, int, float, complex, list, tuple, dict, str)


def text_of(function: Callable) -> str:
    """Return the source of a function, or "" where there is none at hand."""
    return source_at_hand(function)


def tree_of(function: Callable) -> ast.AST | None:
    """Return the syntax tree of a function, or None where its source is not at hand."""
    try:
        return ast.parse(text_of(function)).body[0]
    except (SyntaxError, ValueError, IndexError):
        return None


def tokens(text: str) -> list[str]:
    """Cut source into names, numbers and operators, without comments."""
    kinds = (tokenize.NAME, tokenize.NUMBER, tokenize.OP, tokenize.STRING)
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in kinds:
                found.append(token.string)
    except (tokenize.TokenError, IndentationError):
        pass  # a piece of a line may end anywhere
    return found


def returns_in_loop(tree: ast.AST) -> bool:
    """Say whether a loop comes to a ``return`` in its first round, whatever happens."""
    loops = [node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.While))]
    return any(_always_returns(loop) for loop in loops)


def _always_returns(loop: ast.For | ast.While) -> bool:
    skips = any(isinstance(node, (ast.Continue, ast.Break)) for node in ast.walk(loop))
    endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant)
    return not skips and not endless and any(isinstance(node, ast.Return) for node in loop.body)


def always_true(tree: ast.AST) -> str:
    """Return the text of a condition with a bare number behind an ``or``: ``k == 0 or 1``."""
    tests = [n.test for n in ast.walk(tree) if isinstance(n, (ast.If, ast.While, ast.IfExp))]
    for node in itertools.chain.from_iterable(map(ast.walk, tests)):
        either = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
        if either and any(isinstance(v, ast.Constant) and v.value for v in node.values):
            return ast.unparse(node)
    return ""


def calls(tree: ast.AST, name: str) -> bool:
    """Say whether the function called ``name`` is called somewhere."""
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(function, ast.Name) and function.id == name for function in called)


def names(function: Callable) -> set[str]:
    """Return all names that the text of a function reads; none if the text is not at hand."""
    nodes = ast.walk(tree) if (tree := tree_of(function)) else ()
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def draws(tree: ast.AST) -> str:
    """Return the text of the first call that makes or asks a source of chance, or ""."""
    makes = r"\brandom\b|\bdefault_rng\b|\brng\b"
    called = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return next((ast.unparse(c) for c in called if re.search(makes, ast.unparse(c.func))), "")


def makes_nan(tree: ast.AST) -> bool:
    """Say whether a nan stands there: ``np.nan``, a bare ``nan`` or ``float("nan")``."""
    return any(map(_is_nan, ast.walk(tree)))


def _is_nan(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        first = node.args[0] if node.args else None
        text = first.value if isinstance(first, ast.Constant) else None
        makes = re.search(r"\b(float\d*|array|asarray|full)$", ast.unparse(node.func))
        return bool(makes) and isinstance(text, str) and text.strip().lower() == "nan"
    return getattr(node, "attr", getattr(node, "id", "")) == "nan"


def products(tree: ast.AST) -> int:
    """Count the matrix products."""
    operators = sum(isinstance(node, ast.MatMult) for node in ast.walk(tree))
    functions = ("dot", "matmul", "einsum", "inner", "tensordot")
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return operators + sum(getattr(function, "attr", "") in functions for function in called)


# --- names ---------------------------------------------------------------------------------------


def globals_used(function: Callable) -> list[str]:
    """Return the names that a function, or one inside it, looks up outside itself."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return []
    names = [
        step.argval
        for step in instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and isinstance(step.argval, str)
    ]
    return list(dict.fromkeys(names))


def data_of_the_notebook(function: Callable) -> list[str]:
    """Return the variables of the notebook, arrays and numbers, that a function reads."""
    scope = _scope(function)
    used = [name for name in globals_used(function) if name in scope]
    return [name for name in used if isinstance(scope[name], _DATA)]


def lost_tools(function: Callable, reference: Callable) -> list[tuple[str, Any]]:
    """Return the names that should be a module or a function, and what they are now.

    What a name should be is what it is for the reference, or in Python itself.
    """
    scope, lost = _scope(function), []
    for name in globals_used(function):
        real = _scope(reference).get(name, getattr(builtins, name, np if name == "np" else None))
        now = scope.get(name, getattr(builtins, name, None))
        if isinstance(real, ModuleType):
            is_lost = not isinstance(now, ModuleType)
        else:
            is_lost = callable(real) and not callable(now) and name in scope
        lost += [(name, now)] if is_lost else []
    return lost


def _scope(function: Callable) -> dict[str, Any]:
    return getattr(inspect.unwrap(function), "__globals__", {})


def nearest(name: str, function: Callable) -> str:
    """Return the argument or variable of a function that ``name`` may have been meant for."""
    own = [n for code in _codes(function) for n in code.co_varnames if n != name]
    stem = name.rstrip("0123456789")
    digits = [n for n in own if stem != name and stem == n.rstrip("0123456789")]
    begins = [n for n in own if n.split("_")[0] == name.split("_")[0]]
    return next(iter(difflib.get_close_matches(name, own, 1, 0.7) or begins or digits), "")


def _codes(function: Callable) -> Iterator[CodeType]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is not None:
        yield code


def from_the_package(function: Callable) -> list[str]:
    """Return the names of the package's functions and classes that an answer calls.

    Functions of the same notebook that it calls are looked into as well, each once.
    """
    return list(dict.fromkeys(_from_the_package(function, set())))


def _from_the_package(function: Callable, seen: set[int]) -> list[str]:
    scope, found = _scope(function), []
    seen.add(id(inspect.unwrap(function)))  # by id: an answer need not be hashable
    attributes = _attributes(function)
    for name in globals_used(function):
        value = scope.get(name)
        if isinstance(value, ModuleType) and value.__name__.startswith("rnn_helpers"):
            found += [attribute for attribute in attributes if callable(vars(value).get(attribute))]
        elif str(getattr(value, "__module__", "")).startswith("rnn_helpers"):
            found.append(getattr(value, "__name__", name))
        elif isinstance(value, FunctionType) and value.__globals__ is scope:
            found += [] if id(inspect.unwrap(value)) in seen else _from_the_package(value, seen)
    return found


def _attributes(function: Callable) -> list[str]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    steps = instructions(code) if code is not None else ()
    return [step.argval for step in steps if step.opname in ("LOAD_ATTR", "LOAD_METHOD")]
