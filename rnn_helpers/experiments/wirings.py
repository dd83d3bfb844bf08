"""The loops of the five sequence types, and a run of each that notes what was wired to what.

``step(x_t, a)`` returns the next state and ``read(a)`` an output. The loops run with arrays as well
as with the nodes of ``traced``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rnn_helpers import checks


def one_to_one(x, step, read, a):
    a = step(x[0], a)
    return [read(a)]


def many_to_one(x, step, read, a):
    for x_t in x:
        a = step(x_t, a)
    return [read(a)]


def many_to_many(x, step, read, a):
    y = []
    for x_t in x:
        a = step(x_t, a)
        y.append(read(a))
    return y


def one_to_many(x, step, read, a, T_y):
    y, last = [], x[0]
    for _ in range(T_y):
        a = step(last, a)
        last = read(a)
        y.append(last)
    return y


def encoder_decoder(x, step, read, a, T_y, encode, start):
    for x_t in x:
        a = encode(x_t, a)
    return one_to_many([start], step, read, a, T_y)


LOOPS = {
    "one to one": one_to_one,
    "one to many": one_to_many,
    "many to one": many_to_one,
    "many to many, equal lengths": many_to_many,
    "many to many, different lengths": encoder_decoder,
}


@dataclass(frozen=True, eq=False)
class Node:
    """Something a loop has read or made: its kind ("x", "start", "0", "cell", "encoder", "decoder"
    or "ŷ"), its number among its kind, and what it was made from.
    """

    kind: str
    number: int
    parents: tuple["Node", ...] = ()

    def past(self) -> set["Node"]:
        """Return this node and all that it depends on."""
        return {self}.union(*(parent.past() for parent in self.parents))


def traced(name: str, T_x: int, T_y: int) -> list[Node]:
    """Run a loop of ``LOOPS`` with nodes in the place of numbers; return all nodes, in order.

    Where a type fixes T_x or T_y, the argument is not looked at.
    """
    checks.choice("name", name, tuple(LOOPS))
    T_x, T_y = checks.size("T_x", T_x), checks.size("T_y", T_y)
    nodes: list[Node] = []

    def node(kind: str, *parents: Node) -> Node:
        number = 1 + sum(earlier.kind == kind for earlier in nodes)
        nodes.append(Node(kind, number, parents))
        return nodes[-1]

    def step(kind: str) -> Callable[[Node, Node], Node]:
        return lambda x_t, a: node(kind, x_t, a)

    loop, two_cells = LOOPS[name], LOOPS[name] is encoder_decoder
    x = [node("x") for _ in range(1 if name.startswith("one") else T_x)]
    more = {"T_y": T_y} if two_cells or loop is one_to_many else {}
    if two_cells:
        more |= {"encode": step("encoder"), "start": node("start")}
    loop(x, step("decoder" if two_cells else "cell"), lambda a: node("ŷ", a), node("0"), **more)
    return nodes
