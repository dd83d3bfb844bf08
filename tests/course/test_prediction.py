"""Questions asked before a cell is run, and what is said of the answer after it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from rnn_helpers.course import progress
from rnn_helpers.course.prediction import predict, stored_answer
from rnn_helpers.course.progress import Choice
from rnn_helpers.course.saving import VIEW

QUESTION, OPTIONS = "Is <b>1</b> & 2 less?", ["yes <i>it</i> is", "no"]


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.append(tag)


def test_prediction_is_readable_without_a_kernel() -> None:
    data, _ = predict(QUESTION, OPTIONS)._repr_mimebundle_()
    assert set(data) == {VIEW, "text/plain", "text/html"}
    assert data["text/plain"] == (
        f"Predict: {QUESTION}\n  - {OPTIONS[0]}\n  - {OPTIONS[1]}\n"
        "Choose one before you read on, even if you have no idea."
    )
    assert Tags(data["text/html"]).names == ["div", "p", "strong", "ul", "li", "li", "p"]
    assert "Choose one before you read on" in data["text/html"]


def test_saved_prediction_does_not_tell_the_choice() -> None:
    guess = predict(QUESTION, OPTIONS)
    before, _ = guess._repr_mimebundle_()
    guess.choose("no")
    assert guess._repr_mimebundle_()[0] == before


def test_reveal_compares_with_the_choice() -> None:
    guess = predict(QUESTION, OPTIONS)
    assert guess.reveal("no", "It is 3.").text == (
        "Measured: no. It is 3. You made no prediction this time. Choose above all the same, and "
        "it will compare."
    )
    guess.choose("no")
    assert repr(guess.reveal("no", "It is 3.")) == "Measured: no. It is 3. You predicted just that."
    guess.choose(OPTIONS[0])
    wrong = repr(guess.reveal("no", "It is 3."))
    assert wrong.startswith(f"Measured: no. It is 3. You predicted “{OPTIONS[0]}”.")
    assert "You made no prediction" not in wrong


def test_a_choice_made_after_all_cells_were_run_reveals_too() -> None:
    guess = predict(QUESTION, OPTIONS)
    assert not guess.measured
    revealed = guess.reveal("no", "It is 3.")
    assert guess.measured and revealed.choice == ""
    guess.choose("no")
    assert revealed.choice == "no" and repr(revealed).endswith("You predicted just that.")
    guess.choose(OPTIONS[0])
    assert revealed.choice == OPTIONS[0] and "A wrong guess is worth most" in repr(revealed)


def test_the_answer_of_a_cell_run_again_takes_the_place_of_the_first() -> None:
    guess = predict(QUESTION, OPTIONS)
    first, second = guess.reveal(OPTIONS[0], "It is 3."), guess.reveal("no", "It is 4.")
    guess.choose("no")
    assert repr(second) == "Measured: no. It is 4. You predicted just that."
    assert first.choice == ""


def test_nothing_is_given_away_before_there_is_a_choice() -> None:
    """Not by the text, which a text-only host shows, nor by HTML outside of a box that is shut."""
    data, _ = predict(QUESTION, OPTIONS).reveal("no", "It is 3.")._repr_mimebundle_()
    assert set(data) == {VIEW, "text/plain", "text/html"}
    assert data["text/plain"] == (
        "What was measured is shown when you have chosen an answer above. "
        "Show it without choosing: print(_.text)"
    )
    assert re.fullmatch(
        r"<details [^>]*><summary [^>]*>Choose an answer above.[^<]*</summary>"
        r"<p>Measured: no\. It is 3\.</p></details>",
        data["text/html"],
    )
    assert not re.search(r"<details[^>]* open", data["text/html"])


def test_stored_answer_is_the_same_whatever_was_chosen() -> None:
    guess = predict(QUESTION, OPTIONS)
    before = guess.reveal("no", "It is 3 < 4.")._repr_mimebundle_()[0]["text/html"]
    guess.choose("no")
    after = guess.reveal("no", "It is 3 < 4.")._repr_mimebundle_()[0]["text/html"]
    assert before == after
    assert stored_answer(after) == "Measured: no. It is 3 < 4."
    assert stored_answer("<p>Measured: no.</p>") == stored_answer("") == ""


def test_reveal_escapes_html() -> None:
    guess = predict(QUESTION, OPTIONS)
    data, _ = guess.reveal(OPTIONS[0], "a <script> & b")._repr_mimebundle_()
    assert Tags(data["text/html"]).names == ["details", "summary", "p"]


def test_reveal_and_choice_must_be_options() -> None:
    guess = predict(QUESTION, OPTIONS)
    with pytest.raises(ValueError, match="answer is 'maybe', expected one of"):
        guess.reveal("maybe", "It is 3.")
    with pytest.raises(ValueError, match="choice is 'maybe', expected one of"):
        guess.choose("maybe")
    with pytest.raises(ValueError, match="sentence"):
        guess.reveal("no", " ")


@pytest.mark.parametrize(
    "question, options, error",
    [
        ("", ["a", "b"], ValueError),
        ("What?", ["a"], ValueError),
        ("What?", ["a", "a"], ValueError),
        ("What?", ["a", " "], ValueError),
        ("What?", "ab", TypeError),
        ("What?", [1, 2], TypeError),
    ],
)
def test_predict_refuses(question: str, options: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="question|options"):
        predict(question, options)


# ---- which option turned out right

SIZES = ["smaller", "the same", "larger"]


def answer_to(options: list[str], answer: Any, at: list[float] | None = None) -> str:
    """Return the option that is revealed."""
    text = predict("How large?", options).reveal(answer, "It was measured.", at=at).text
    return text.removeprefix("Measured: ").partition(". It was measured.")[0]


@pytest.mark.parametrize(
    ("value", "option"),
    [
        (-1, "smaller"),
        (0.49, "smaller"),
        (0.5, "the same"),
        (np.float32(1.9), "the same"),
        (np.array(2.0), "larger"),
        (np.inf, "larger"),
    ],
)
def test_a_number_picks_the_option_between_its_borders(value: float, option: str) -> None:
    assert answer_to(SIZES, value, at=[0.5, 2]) == option


@pytest.mark.parametrize(
    ("value", "option"), [(3, "larger"), (2, "the same"), (0.6, "the same"), (0.5, "smaller")]
)
def test_borders_may_fall_with_the_options(value: float, option: str) -> None:
    assert answer_to(SIZES[::-1], value, at=[2, 0.5]) == option


def test_two_options_have_one_border() -> None:
    assert [answer_to(["no", "yes"], value, at=[0]) for value in (-1, 1)] == ["no", "yes"]


@pytest.mark.parametrize(
    ("first", "second", "option"),
    [(1, 1, "both"), (1, 0, "the first"), (0, 1, "the second"), (0, 0, "neither")],
)
def test_the_first_statement_that_holds_decides_or_the_option_left_out(
    first: bool, second: bool, option: str
) -> None:
    holds = {"both": first and second, "the first": np.bool_(first), "the second": second}
    assert answer_to(["neither", "the first", "the second", "both"], holds) == option


@pytest.mark.parametrize(
    ("answer", "at", "error", "says"),
    [
        ("huge", None, ValueError, "answer is 'huge', expected one of"),
        (0.3, None, TypeError, "answer is 0.3, expected an option, a number with at="),
        (True, None, TypeError, "answer is True, expected an option"),
        ("larger", [0.5, 2], TypeError, "answer is 'larger', expected a number"),
        ({"larger": True}, [0.5, 2], TypeError, "expected a number, for at= is given"),
        (0.3, [0.5], ValueError, r"at is \[0.5\], expected 2"),
        (0.3, [0.5, 1, 2], ValueError, "expected 2: one between two options"),
        (0.3, [2, 2], ValueError, "expected borders that rise or fall"),
        (np.nan, [0.5, 2], ValueError, "answer is nan"),
        ({"larger": True}, None, ValueError, "expected all but one of"),
        ({}, None, ValueError, "expected all but one of"),
        (dict.fromkeys(SIZES, True), None, ValueError, "expected all but one of"),
        ({"larger": False, "huge": True}, None, ValueError, "answer speaks of .*'huge'"),
        ({"larger": 0, "smaller": 0, "huge": 1}, None, ValueError, "answer speaks of .*'huge'"),
    ],
)
def test_an_answer_that_picks_no_option_is_refused(
    answer: Any, at: list[float] | None, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        predict("How large?", SIZES).reveal(answer, "It was measured.", at=at)


# ---- what is remembered of it

ASK = "guess = predict('Which?', ['one', 'two'])"


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> dict[str, Any]:
    """The names of a notebook of the lesson gru, in which a prediction called guess was asked."""
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
    scope: dict[str, Any] = {"predict": predict}
    exec(f"from rnn_helpers.lessons.gru import exercises, panels\n{ASK}", scope)
    return scope


def test_the_option_chosen_first_is_remembered_and_whether_it_was_right(notebook) -> None:
    guess = notebook["guess"]
    assert guess.name == "gru.guess"
    guess.choose("two")
    assert progress.read_all().predictions == {"gru.guess": Choice("two")}
    guess.reveal("one", "It is 3.")
    assert progress.read_all().predictions == {"gru.guess": Choice("two", False)}
    guess.choose("one")
    assert progress.read_all().predictions == {"gru.guess": Choice("two", False)}
    exec(ASK, notebook)  # the cell is run once more
    notebook["guess"].choose("one")
    assert progress.read_all().predictions == {"gru.guess": Choice("two", False)}


def test_a_choice_before_the_measurement_is_judged_by_it(notebook) -> None:
    notebook["guess"].choose("one")
    notebook["guess"].reveal("one", "It is 3.")
    assert progress.read_all().predictions == {"gru.guess": Choice("one", True)}


def test_without_a_choice_nothing_is_remembered(notebook) -> None:
    notebook["guess"].reveal("one", "It is 3.")
    assert not progress.path().exists()


def test_a_question_without_a_name_or_a_lesson_is_not_remembered(notebook) -> None:
    other = predict("Which?", ["one", "two"])  # asked here, where no lesson is
    other.choose("one")
    unnamed = eval("predict('Which?', ['one', 'two'])", notebook)
    unnamed.choose("one")
    assert (other.name, unnamed.name) == ("", "")
    assert not progress.path().exists()


def test_a_progress_that_cannot_be_kept_costs_no_choice(notebook, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr(progress, "record_choice", broken)
    guess = notebook["guess"]
    guess.choose("one")
    assert "You predicted just that" in guess.reveal("one", "It is 3.").text
