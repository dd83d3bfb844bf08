"""The panels of ``09_sequence_types``."""

import io
import wave

import numpy as np
import pytest
import sequence_networks
from panel_tools import settings
from random_models import sentence_model

from rnn_helpers import audio
from rnn_helpers.activations import softmax
from rnn_helpers.cells import GRUCell
from rnn_helpers.data import dates, melodies, names_in_text, phrases, to_tokens
from rnn_helpers.experiments.translation import Translation
from rnn_helpers.lessons.sequence_types import panels
from rnn_helpers.models import SequenceModel
from rnn_helpers.sampling import sample

# What a learner may type: nothing, much, other scripts, markup, mathematics, control characters.
TYPED = (
    "",
    "   \t\n ",
    "the soup was good",
    "THE SOUP WASN'T GOOD!!!",
    "good " * 5000,
    "x" * 100_000,
    "名前は寺 это не хорошо مرحبا שלום 🎵🎶 ⟨t⟩",
    "<script>alert('1')</script><b onmouseover=alert(2)>the soup</b>",
    "&lt;img src=x onerror=alert(3)&gt; {0} %s $\\frac{1}{0}$ \\n",
    "\x00\x07\u200b\u202e\ud7ff",
    ", , , ,",
)
BRACKETS = set("<>&{}$\\%\"'")


# -- the wirings -------------------------------------------------------------------------------


def test_the_sentence_of_the_wiring_counts_what_is_there() -> None:
    panel = panels.wiring()
    panel.set(kind="many to many, equal lengths", T_x=4, T_y=1, t=2)
    assert panel.sentence == (
        "Many to many, equal lengths: 4 inputs, 4 outputs. One cell takes 4 steps. ŷ⟨2⟩ depends on "
        "x⟨1⟩, x⟨2⟩, and on nothing else that is read or written."
    )
    panel.set(kind="many to many, different lengths", T_x=2, T_y=3, t=3)
    assert "2 inputs, 3 outputs. Two cells take 5 steps." in panel.sentence
    assert "ŷ⟨3⟩ depends on x⟨1⟩, x⟨2⟩, start, ŷ⟨1⟩, ŷ⟨2⟩, and on nothing" in panel.sentence


def test_what_the_type_of_a_wiring_decides_cannot_be_moved() -> None:
    panel = panels.wiring()
    disabled = {}
    for kind in panels.LOOPS:
        panel.set(kind=kind)
        disabled[kind] = {name for name in ("T_x", "T_y", "t") if panel.controls[name].disabled}
    assert disabled == {
        "one to one": {"T_x", "T_y", "t"},
        "one to many": {"T_x"},
        "many to one": {"T_y", "t"},
        "many to many, equal lengths": {"T_y"},
        "many to many, different lengths": set(),
    }
    assert (panel.values["T_x"], panel.values["T_y"]) == (4, 3), "a type forgets the lengths"


# -- a sentence, read word by word ---------------------------------------------------------------


def word_panels() -> dict:
    arguments = {name: make() for name, make in sequence_networks.ARGUMENTS.items()}
    return {
        "verdict": panels.verdict(arguments["sentiment"], arguments["bag"]),
        "tags": panels.tags(arguments["tagger"]),
    }


@pytest.mark.parametrize("name", ["verdict", "tags"])
@pytest.mark.parametrize("text", TYPED, ids=lambda text: repr(text[:12]))
def test_whatever_is_typed_is_shown_and_nothing_of_its_markup(name, text) -> None:
    panel = word_panels()[name]
    panel.set(sentence=text)
    assert panel.error is None
    assert not BRACKETS & set(panel.sentence)
    words = phrases.words_of(text)
    if not words:
        assert panel.sentence.startswith("No word has been typed yet")
    else:
        assert panel.sentence.startswith(f"{min(len(words), panels.READ)} word")
    panel._repr_mimebundle_()


def test_words_that_are_not_known_are_marked_and_read_as_unknown() -> None:
    panel = word_panels()["verdict"]
    panel.set(sentence="the lasagne was good")
    assert "lasagne (unknown)" in panel.sentence and "good (unknown)" not in panel.sentence
    first = panel.sentence.replace("lasagne", "tiramisu")
    panel.set(sentence="the tiramisu was good")
    assert panel.sentence == first


def test_the_verdict_names_both_answers_after_the_last_word() -> None:
    model, bag = sentence_model(len(phrases.WORDS), "last"), sequence_networks.bag()
    panel = panels.verdict(model, bag)
    for text in ("the soup was not good", "although it was dull , the end was lovely"):
        panel.set(sentence=text)
        tokens = phrases.to_tokens(phrases.words_of(text))
        network = softmax(model.scores(tokens[:, None], None))[0, 1, 0]
        counted = bag.after_each_word(tokens)[-1]
        assert panel.sentence.endswith(
            f"the network gives {network:.2f} for a good review, the bag of words {counted:.2f}."
        )


def test_of_a_long_sentence_the_last_words_are_shown() -> None:
    panel = word_panels()["tags"]
    panel.set(sentence=" ".join(["he said"] * 20 + ["mister frank sings"]))
    assert f"43 words (the last {panels.SHOWN} of them)" in panel.sentence
    read = panel.sentence.split(": ")[1]
    assert read.count(",") == panels.SHOWN - 1 and "sings" in read


def test_the_tagger_is_asked_at_every_word() -> None:
    model = sentence_model(len(names_in_text.WORDS), "every")
    panel = panels.tags(model)
    words = ["my", "sister", "says", "doctor", "holly", "lives", "next", "door"]
    panel.set(sentence=" ".join(words))
    tokens = names_in_text.to_tokens(words)
    p = softmax(model.scores(tokens[:, None], None))[:, 1, 0]
    named = [word for word, share in zip(words, p) if share > 0.5]
    assert panel.sentence.endswith(f"Tagged as a name: {', '.join(named) or 'none'}.")
    for word, share in zip(words, p):
        assert f"{word} {share:.2f}" in panel.sentence


def test_a_word_is_shortened_and_marked_below_the_picture() -> None:
    assert panels._shortened(["short", "x" * 60]) == ["short", "x" * (panels.WIDEST - 1) + "…"]
    assert panels._label("naïve", True) == "naïve"
    assert panels._label("naïve", False) == "naïve ?"
    assert panels._label("\u0378x", False) == "□x ?"  # no font has a character that does not exist


# -- tunes ---------------------------------------------------------------------------------------


def composing() -> panels.Panel:
    return panels.composing(sequence_networks.composer(), sequence_networks.tunes())


def test_the_panel_shows_the_tune_that_sampling_draws() -> None:
    panel = composing()
    panel.set(metre=(4, 4), temperature=0.8, seed=11)
    how = {"start": sequence_networks.N_NOTES + 1, "longest": panels.MOST_NOTES}
    rng = np.random.default_rng(11)
    (drawn,) = sample(sequence_networks.composer(), rng, temperature=0.8, **how)
    notes = melodies.to_notes(drawn[drawn < sequence_networks.N_NOTES])
    assert panel.shown["new"]["notes"] == notes
    assert panel.sentence.startswith(f"4/4, temperature 0.80, seed 11: {len(notes)} notes, ")


def samples_of(panel: panels.Panel) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(panel.children[0].children[-1].value)) as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data / 32767, file.getframerate()


def test_the_player_holds_the_sound_of_the_tune_that_is_shown() -> None:
    panel = composing()
    for seed in (1, 2):
        panel.set(seed=seed)
        heard, rate = samples_of(panel)
        notes = panel.shown["new"]["notes"]
        expected = audio.render(notes, panels.TEMPO, panels.RATE)
        assert rate == panels.RATE
        assert np.allclose(heard, expected, rtol=0, atol=1 / 32767)
        seconds = sum(note.beats for note in notes) * 60 / panels.TEMPO
        assert len(heard) == pytest.approx(seconds * rate, abs=1)
        assert np.abs(heard).max() == pytest.approx(0.8, abs=0.001)


def test_a_tune_that_ends_at_once_is_a_rest() -> None:
    model = sequence_networks.composer()
    model.params["by"][0] = 100
    panel = panels.composing(model, sequence_networks.tunes())
    heard, _ = samples_of(panel)
    assert "0 notes, 0 beats" in panel.sentence
    assert "It shares no 6 in a row; below is" in panel.sentence
    assert len(heard) > 0 and not heard.any()
    for setting in settings(panel, count=20, seed=0):
        panel.set(**setting)
        assert panel.error is None


def test_a_tune_that_recites_is_found_out() -> None:
    """A model that is made to write one training tune, whatever it is asked."""
    tune = sequence_networks.tunes()[0]
    tokens = melodies.to_note_tokens(tune)

    class Reciter(SequenceModel):
        at = 0

        def step(self, x_t, state=None):
            if state is None:
                self.at = 0
            return self._score(), super().step(x_t, state)[1]

        def quick_step(self):
            inner = super().quick_step()
            return lambda x_t, state: (self._score(), inner(x_t, state)[1])

        def _score(self):
            z = np.zeros((self.n_y, 1))
            z[tokens[self.at] if self.at < len(tokens) else 0] = 1000
            self.at += 1
            return z

    n = sequence_networks.N_NOTES + len(melodies.METRES)
    model = Reciter(GRUCell(n, 3, rng=0), n, rng=0)
    panel = panels.composing(model, sequence_networks.tunes())
    assert panel.shown["new"]["notes"] == tune.notes[: panels.MOST_NOTES]
    assert panel.shown["new"]["copied"].all()
    assert "100% of 4 notes, 100% of 6 and 100% of 8" in panel.sentence
    assert panel.sentence.endswith(f"with {tune.title}.")


def test_the_piano_roll_says_what_it_shows() -> None:
    notes = melodies.read_notes("C4 D4:.5 r:.5 G4:2")
    picture = panels.piano_roll({"one": notes, "two": notes[:2], "three": notes[:1]})
    assert picture.sentence == (
        "one: 4 notes, 4 beats, starting C4 D4:.5 r:.5 G4:2; two: 2 notes, 1.5 beats, starting "
        "C4 D4:.5; three: 1 note, 1 beat, starting C4."
    )


# -- dates ---------------------------------------------------------------------------------------


def test_the_table_marks_what_is_right_and_adds_late_mistakes() -> None:
    pairs = [(f"x{i}", f"y{i}") for i in range(30)]
    early = ["y0", *["?"] * 29]
    late = [y for _, y in pairs]
    late[3], late[15], late[20] = "a", "b", "c"
    table = panels.compared(pairs, {"early": early, "late": late})
    assert table.heading == ("as written", "right", "early", "late")
    assert table.rows[0] == ("x0", "y0", "✓ y0", "✓ y0")
    assert table.rows[3] == ("x3", "y3", "✗ ?", "✗ a")
    assert [row[0] for row in table.rows] == [*(f"x{i}" for i in range(10)), "x15", "x20"]
    assert len(panels.compared(pairs[:4], {"early": early}).rows) == 4


@pytest.mark.parametrize("text", TYPED, ids=lambda text: repr(text[:12]))
def test_any_text_gets_an_answer_or_a_sentence(text) -> None:
    panel = panels.own_date(sequence_networks.translator())
    panel.set(text=text)
    assert panel.error is None
    assert not set("<>&{}$\\%") & set(panel.sentence)
    panel._repr_mimebundle_()


def test_an_answer_is_checked_by_spelling_its_day_again() -> None:
    def checked(read: str, text: str) -> str:
        tokens = to_tokens(text, dates.ISO_ALPHABET)
        return panels._checked(Translation(read, tokens, np.zeros((12, len(tokens)))))

    assert "“day first”" in checked("3 may 1984", "1984-05-03")
    assert "“slashes, month first”" in checked("5/3/1984", "1984-05-03")
    assert checked("3/5/1984", "1984-05-03").startswith("In none of the twelve spellings")
    assert checked("monday 3 may 1984", "1984-05-03").startswith("In none")  # a Thursday
    assert checked("30 february 1984", "1984-02-30") == "That is no day from 1950 to 2049."
