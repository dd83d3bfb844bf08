"""What is read off the text of an answer."""

import ast

import numpy as np
import pytest
from sample_exercise import learner, scan

from rnn_helpers import sampling
from rnn_helpers.activations import softmax
from rnn_helpers.cells import RNNCell
from rnn_helpers.checking import source


@pytest.mark.parametrize(
    ("body", "inside"),
    [
        ("for a in x:\n    return a", True),
        ("while x:\n    b = 1\n    return b", True),
        ("for a in x:\n    if a:\n        return a\nreturn x", False),
        ("for a in x:\n    if a:\n        continue\n    return a", False),
        ("while True:\n    return x", False),
        ("return x", False),
    ],
)
def test_a_return_in_the_first_round_of_a_loop_is_seen(body, inside):
    assert source.returns_in_loop(source.tree_of(learner(body))) is inside


def test_comments_are_no_tokens():
    assert source.tokens("np.diag(a)  # np.eye") == ["np", ".", "diag", "(", "a", ")"]


def test_an_unfinished_piece_of_a_line_has_tokens():
    assert source.tokens("(a + ") == ["(", "a", "+"]


def test_a_source_of_chance_is_seen_and_a_product_of_that_name_is_not():
    tree = ast.parse("k = rng.choice(3)\nj = np.random.rand()")
    assert source.draws(tree) == "rng.choice(3)"
    assert source.draws(ast.parse("wrong(randomly) + strange(3)")) == ""


def test_products_of_every_spelling_are_counted():
    tree = ast.parse("a @ b + np.dot(a, b) + np.einsum('ij,jk', a, b) + a * b")
    assert source.products(tree) == 3


def test_what_comes_from_the_package_is_found_through_helpers_and_modules():
    scope = {"np": np, "RNNCell": RNNCell, "sampling": sampling, "softmax": softmax}
    learner("return RNNCell(u)", "helper", "u", scope)
    answer = learner("return sampling.draw(softmax(helper(x)), 1)", scope=scope)
    assert set(source.from_the_package(answer)) == {"RNNCell", "softmax", "draw"}
    assert source.from_the_package(scan) == []


def test_the_nearest_name_is_that_of_an_argument():
    answer = learner("total = x\nreturn totl")
    assert source.nearest("totl", answer) == "total"
    assert source.nearest("a", answer) == ""
    assert source.nearest("q", answer) == ""


def test_a_function_without_source_has_no_tree():
    assert source.tree_of(np.tanh) is None
    assert source.text_of(len) == ""


def test_helpers_that_call_each_other_are_looked_into_once():
    scope = {"np": np, "softmax": softmax}
    learner("return u if u < 1 else odd(u - 1)", "even", "u", scope)
    learner("return softmax(u) if u < 1 else even(u - 1)", "odd", "u", scope)
    answer = learner("return even(x)", scope=scope)
    assert source.from_the_package(answer) == ["softmax"]
