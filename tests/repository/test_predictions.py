"""What a prediction stores in a notebook is read in one place, for all that is made of it."""

import pytest
from predictions import asked, turned_out

from rnn_helpers.course import predict

OPTIONS = ["No", "No. Never", "Yes, it does."]


def test_the_question_and_the_options_are_read_as_they_were_asked() -> None:
    data, _ = predict("Does it?", OPTIONS)._repr_mimebundle_()
    assert asked(data["text/plain"]) == ("Does it?", OPTIONS)


@pytest.mark.parametrize("option", OPTIONS)
def test_what_turned_out_is_read_as_it_was_measured(option: str) -> None:
    revealed = predict("Does it?", OPTIONS).reveal(option, "It is 3. It was 2.")
    assert turned_out(revealed.finding, OPTIONS) == (option, "It is 3. It was 2.")


def test_a_measurement_of_no_option_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with none of"):
        turned_out("Measured: perhaps. It is 3.", OPTIONS)
