"""The surest cause is told first."""

from sample_exercise import RIGHT, learner, make_scan

from rnn_helpers.checking.feedback import State


def test_a_known_mistake_speaks_before_a_repair():
    result = make_scan().check(learner(RIGHT.replace("Waa @ a", "Waa.T @ a")))
    assert result.state == State.KNOWN_MISTAKE
    assert result.kind == "known"


def test_a_repair_speaks_where_no_mistake_is_known():
    result = make_scan(mistakes={}).check(learner(RIGHT.replace("Waa @ a", "Waa.T @ a")))
    assert result.kind == "repaired"


def test_a_name_that_is_unknown_is_not_repaired():
    result = make_scan().check(learner(RIGHT.replace("Waa @ a", "Wa @ a")))
    assert result.kind == "unknown_name"


def test_a_changed_argument_is_not_blamed_on_anything_else():
    result = make_scan(mistakes={}).check(
        learner("a0 += 1\n" + RIGHT.strip().replace("\n    ", "\n"))
    )
    assert result.state == State.CHANGED_INPUT and result.kind == "changed"
    assert result.says.startswith("your function changed `a0`")


def test_an_answer_that_does_another_thing_altogether_keeps_its_difference():
    result = make_scan(mistakes={}).check(learner("return np.sin(x) ** 3 - np.cos(Waa).sum()"))
    assert "largest difference" in result.says
