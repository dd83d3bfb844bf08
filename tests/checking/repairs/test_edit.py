"""The text of an answer, and what edits make of it."""

from rnn_helpers.checking.repairs.edit import Edit, Source

TEXT = """def f(x, y):
    ä = x + y
    b = x * 2
    return ä, b
"""


def names(source, name):
    import ast

    return [node for node in ast.walk(source.tree) if getattr(node, "id", "") == name]


def test_edits_are_made_at_their_places_whatever_stands_before_them():
    source = Source(TEXT)
    edits = [Edit(node, "z", "") for node in names(source, "x")]
    assert source.edited(edits) == TEXT.replace("= x", "= z")


def test_edits_that_overlap_are_not_made():
    source = Source(TEXT)
    whole = source.function.body[0].value
    assert source.edited([Edit(whole, "1", ""), Edit(whole.left, "2", "")]) == ""


def test_one_mistake_in_several_places_is_one_repair():
    source = Source(TEXT)
    edits = [Edit(node, "y", "said.", "x→y") for node in names(source, "x")]
    *_, both = source.repairs(edits, range(9))
    assert both.says == "said. (It is so in 2 places.)"
    assert both.line == 2
    assert "y + y" in both.text
    assert "y * 2" in both.text


def test_only_the_lines_behind_a_value_are_looked_at():
    source = Source(TEXT)
    assert source.lines_behind({0}) == {2, 4}
    assert source.lines_behind({1}) == {3, 4}
    assert source.lines_behind({0, 1}) == {2, 3, 4}
    assert source.lines_behind({7}) >= {1, 2, 3, 4}


def test_a_variable_is_known_behind_the_line_that_sets_it():
    source = Source(TEXT)
    assert source.known_at(names(source, "x")[1]) == ["x", "y", "ä"]


def test_long_pieces_are_shortened():
    source = Source("def f(x):\n    return x + " + "+".join(["1"] * 60) + "\n")
    assert len(source.short(source.function.body[0].value)) == 52
