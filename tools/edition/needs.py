"""What the cells that are taken need of cells that are left out: found by reading, not by running.

Each name that a taken cell uses must have been set last by a taken cell. Names inside a function
are needed where the function is called or handed on, with those that it uses in its turn. What
reading cannot see, a list that was appended to or weights that were trained, `tools/run_paths.py`
finds by running.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

GIVEN = {*dir(builtins), "display", "get_ipython", "_", "____", "In", "Out"}


@dataclass(frozen=True)
class Need:
    """A name that the cell ``user`` takes from the cell ``setter``, which was left out."""

    name: str
    user: int
    setter: int | None

    def __str__(self) -> str:
        where = "no cell before" if self.setter is None else f"cell {self.setter + 1}, left out"
        return f"cell {self.user + 1} uses {self.name}, which is set by {where}"


def needs(sources: Sequence[str], taken: Iterable[int]) -> list[Need]:
    """Return what the taken cells need of the others, each name once a cell.

    ``sources`` are the code cells of a whole notebook in order, ``taken`` the places of those that
    are run.
    """
    kept, reader, found = set(taken), _Reader(), []
    for place, source in enumerate(sources):
        reader.place = place
        for name in reader.read(ast.parse(TransformerManager().transform_cell(source))):
            setter = reader.set_before.get(name)
            if place in kept and name not in GIVEN and setter not in kept:
                found.append(Need(name, place, setter))
    return list(dict.fromkeys(found))


@dataclass
class _Reader(ast.NodeVisitor):
    """Reads cell after cell, and notes which cell set each name last.

    ``scopes`` holds the names that belong to the function or the comprehension being read,
    ``later`` what the functions of the notebook will need when they are called, ``own`` what the
    cell that is being read has set already.
    """

    place: int = 0
    setter: dict[str, int] = field(default_factory=dict)
    set_before: dict[str, int] = field(default_factory=dict)
    later: dict[str, set[str]] = field(default_factory=dict)
    scopes: list[set[str]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    in_function: bool = False

    def read(self, tree: ast.Module) -> list[str]:
        """Return the names that a cell needs from cells before it; note what it sets."""
        self.used, self.set_before, self.own = [], dict(self.setter), set()
        self.visit(tree)
        return self.used

    def _use(self, name: str, seen: frozenset[str] = frozenset()) -> None:
        if any(name in scope for scope in self.scopes) or name in seen:
            return
        if name not in self.own:
            self.used.append(name)
        if not self.in_function:
            for needed in sorted(self.later.get(name, ())):
                self._use(needed, seen | {name})

    def _bind(self, name: str) -> None:
        if self.scopes:
            self.scopes[-1].add(name)
        else:
            self.own.add(name)
            self.setter[name] = self.place
            self.later.pop(name, None)

    # ---- names

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._use(node.id)
        else:
            self._bind(node.id)

    def visit_alias(self, node: ast.alias) -> None:
        self._bind((node.asname or node.name).partition(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    # ---- what is evaluated before it is bound

    def visit_Assign(self, node: ast.Assign) -> None:
        self._in_order(node.value, *node.targets)
        is_function = isinstance(node.value, ast.Lambda) and len(node.targets) == 1
        if is_function and isinstance(node.targets[0], ast.Name) and not self.scopes:
            self.later[node.targets[0].id] = self._needs_of(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._use(node.target.id)
        self._in_order(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._in_order(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._in_order(node.iter, node.target, *node.body, *node.orelse)

    def _in_order(self, *nodes: ast.AST) -> None:
        for node in nodes:
            self.visit(node)

    # ---- scopes of their own

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        self._in_order(*node.decorator_list, *defaults)
        needed = self._needs_of(node)
        self._bind(node.name)
        if self.scopes:
            for name in needed:
                self._use(name)
        else:
            self.later[node.name] = needed

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._in_order(*node.args.defaults)
        for name in sorted(self._needs_of(node)):
            self._use(name)

    def _needs_of(self, node: ast.FunctionDef | ast.Lambda) -> set[str]:
        """Return the names from outside that a function uses when it is called."""
        body = node.body if isinstance(node.body, list) else [node.body]
        outer, self.used = self.used, []
        own = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
        with self._scope(own | _stored(body)):
            before = self.in_function, self.own
            self.in_function, self.own = True, set()
            self._in_order(*body)
            self.in_function, self.own = before
        found, self.used = set(self.used), outer
        return found

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._in_order(*node.decorator_list, *node.bases)
        with self._scope({node.name}):
            self._in_order(*node.body)
        self._bind(node.name)

    def _comprehension(self, node: ast.AST, *parts: ast.AST) -> None:
        first, *rest = node.generators
        self.visit(first.iter)
        with self._scope(set()):
            self._in_order(first.target, *first.ifs)
            for generator in rest:
                self._in_order(generator.iter, generator.target, *generator.ifs)
            self._in_order(*parts)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, node.elt)

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, node.key, node.value)

    @contextmanager
    def _scope(self, names: set[str]):
        self.scopes.append(set(names))
        try:
            yield
        finally:
            self.scopes.pop()


def _stored(body: list[ast.AST]) -> set[str]:
    """Return the names that a function sets itself, anywhere in it."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    names = {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names - {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
