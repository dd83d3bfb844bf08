"""The panels of ``09_sequence_types``, and what they are made of."""

import io
import wave
from itertools import pairwise

import numpy as np
import pytest
import sequence_networks
from helpers import rejects
from panel_tools import check_projector, drive

from rnn_helpers import audio
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.cells import GRUCell, RNNCell
from rnn_helpers.data import dates, melodies, names_in_text, phrases, to_text, to_tokens
from rnn_helpers.lessons.sequence_types import panels
from rnn_helpers.models import SequenceModel
from rnn_helpers.sampling import sample, translate

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


def trained(n_x: int, read: str, seed: int = 3) -> SequenceModel:
    """A model with random parameters of a size that makes every score different."""
    rng = np.random.default_rng(seed)
    model = SequenceModel(GRUCell(n_x, 5, rng=rng), 2, rng=rng, read=read)
    for value in model.params.values():
        value[...] = rng.normal(size=value.shape)
    return model


# -- the wirings -------------------------------------------------------------------------------


def network(n_x: int = 4, n_y: int = 4, seed: int = 2) -> tuple[SequenceModel, dict]:
    """A model, and what the loops of the panel need of it: a step and an output."""
    model = SequenceModel(RNNCell(n_x, 5, rng=seed), n_y, rng=seed)
    p = model.params
    step = lambda x_t, a: np.tanh(p["Waa"] @ a + p["Wax"] @ x_t + p["ba"])  # noqa: E731
    read = lambda a: p["Wya"] @ a + p["by"]  # noqa: E731
    return model, {"step": step, "read": read, "a": np.zeros((5, 3))}


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, 4, 3))  # (T, n_x, m)


def test_the_loops_give_what_the_models_give(x) -> None:
    model, loop = network()
    every, _ = model.forward(x)
    last = SequenceModel(model.cell, 4, rng=2, read="last")
    last.params["Wya"][...] = model.params["Wya"]
    assert np.allclose(panels.many_to_many(x, **loop), every)
    assert np.allclose(panels.many_to_one(x, **loop), last.forward(x)[0])
    assert np.allclose(panels.one_to_one(x[:1], **loop), every[:1])
    assert np.allclose(panels.one_to_one(x, **loop), every[:1])


def test_one_to_many_reads_one_input_and_then_what_it_gave(x) -> None:
    model, loop = network()
    y = panels.one_to_many(x[:1], **loop, T_y=4)
    assert len(y) == 4
    fed, _ = model.forward(np.stack([x[0], *y[:-1]]))
    assert np.allclose(y, fed)


def test_encoder_and_decoder_are_many_to_one_and_one_to_many(x) -> None:
    model, loop = network()
    encoder, other = network(seed=7)
    start = np.ones((4, 3))
    y = panels.encoder_decoder(x, **loop, T_y=3, encode=other["step"], start=start)
    _, tape = encoder.cell.forward(x)
    fed, _ = model.forward(np.stack([start, *y[:-1]]), tape.state)
    assert np.allclose(y, fed)


SIZES = {  # inputs and outputs of each type, for T_x = 4 and T_y = 3
    "one to one": (1, 1),
    "one to many": (1, 3),
    "many to one": (4, 1),
    "many to many, equal lengths": (4, 4),
    "many to many, different lengths": (4, 3),
}


@pytest.mark.parametrize("name", panels.LOOPS)
def test_each_type_has_its_inputs_and_outputs(name) -> None:
    nodes = panels.traced(name, 4, 3)
    kinds = [node.kind for node in nodes]
    assert (kinds.count("x"), kinds.count("ŷ")) == SIZES[name]
    steps = [node for node in nodes if node.kind in ("cell", "encoder", "decoder")]
    assert steps[0].parents[1].kind == "0"
    for before, step in pairwise(steps):
        assert step.parents[1] is before


@pytest.mark.parametrize("name", panels.LOOPS)
def test_what_an_output_depends_on_is_what_moves_it(name, x) -> None:
    """The truth is found by moving one input at a time through the loop with real numbers."""
    loop, T_x, T_y = panels.LOOPS[name], SIZES[name][0], 3
    _, more = network()
    if loop in (panels.one_to_many, panels.encoder_decoder):
        more["T_y"] = T_y
    if loop is panels.encoder_decoder:
        more |= {"encode": network(seed=7)[1]["step"], "start": np.ones((4, 3))}
    outputs = [node for node in panels.traced(name, 4, T_y) if node.kind == "ŷ"]
    here = loop(x[:T_x], **more)
    for i in range(T_x):
        moved = x[:T_x].copy()
        moved[i] += 0.5
        for node, before, after in zip(outputs, here, loop(moved, **more), strict=True):
            seen = {one.number for one in node.past() if one.kind == "x"}
            assert (np.abs(after - before).max() > 1e-9) == (i + 1 in seen)


def test_the_sentence_of_the_wiring_counts_what_is_there() -> None:
    panel = panels.wiring()
    panel.set(kind="many to many, equal lengths", T_x=4, T_y=1, t=2)
    assert panel.sentence == (
        "Many to many, equal lengths: 4 inputs, 4 outputs. One cell takes 4 steps. ŷ⟨2⟩ depends on "
        "x⟨1⟩, x⟨2⟩, and on nothing else that is read or written."
    )
    panel.set(kind="many to many, different lengths", T_x=2, T_y=3, t=5)
    assert "2 inputs, 3 outputs. Two cells take 5 steps." in panel.sentence
    assert "ŷ⟨3⟩ depends on x⟨1⟩, x⟨2⟩, start, ŷ⟨1⟩, ŷ⟨2⟩, and on nothing" in panel.sentence


# -- a sentence, read word by word ---------------------------------------------------------------


@pytest.mark.parametrize("read", ["every", "last"])
def test_scores_after_each_word_are_those_of_the_shorter_sentences(read) -> None:
    model = trained(9, read)
    tokens = np.array([3, 0, 8, 8, 1])
    found = panels.scores_after(model, tokens)
    for t in range(1, 6):
        z = model.scores(tokens[:t, None], None)[-1]
        assert found[t - 1] == pytest.approx(softmax(z)[1, 0])


def test_the_bag_of_words_sees_counts_and_no_order() -> None:
    bag = panels.BagOfWords(np.arange(6.0)[None] / 10, -0.4)
    tokens = np.array([5, 1, 1, 4])
    counts = np.bincount(tokens, minlength=6)
    assert bag.after_each(tokens)[-1] == pytest.approx(sigmoid(bag.w[0] @ counts - 0.4))
    assert bag.after_each(tokens[::-1])[-1] == pytest.approx(bag.after_each(tokens)[-1])
    assert len(bag.after_each(tokens)) == 4


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
    shown = panels.phrases.words_of(text)
    if not shown:
        assert panel.sentence.startswith("No word has been typed yet")
    else:
        assert panel.sentence.startswith(f"{min(len(shown), panels.READ)} word")
    panel._repr_mimebundle_()


def test_words_that_are_not_known_are_marked_and_read_as_unknown() -> None:
    panel = word_panels()["verdict"]
    panel.set(sentence="the lasagne was good")
    assert "lasagne (unknown)" in panel.sentence and "good (unknown)" not in panel.sentence
    first = panel.sentence.replace("lasagne", "tiramisu")
    panel.set(sentence="the tiramisu was good")
    assert panel.sentence == first


def test_the_verdict_names_both_answers_after_the_last_word() -> None:
    model, bag = trained(len(phrases.WORDS), "last"), sequence_networks.bag()
    panel = panels.verdict(model, bag)
    for text in ("the soup was not good", "although it was dull , the end was lovely"):
        panel.set(sentence=text)
        tokens = phrases.to_tokens(phrases.words_of(text))
        network = softmax(model.scores(tokens[:, None], None))[0, 1, 0]
        counted = bag.after_each(tokens)[-1]
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
    model = trained(len(names_in_text.WORDS), "every")
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
    assert panels._label("名x", False) == "□x ?"  # the font of the pictures has no such character


# -- tunes ---------------------------------------------------------------------------------------


def tokens_of(line: str) -> np.ndarray:
    return np.array([melodies.NOTE_TOKENS.index(note) for note in melodies.read_notes(line)])


def test_bar_lines_are_met_by_tunes_in_their_own_metre() -> None:
    waltz, march = (melodies.read_notes(line * 4) for line in ("C4 D4:2 ", "C4:2 D4 E4 "))
    assert panels.on_bar_lines(waltz, 3) == 1 and panels.on_bar_lines(waltz, 4) < 1
    assert panels.on_bar_lines(march, 4) == 1 and panels.on_bar_lines(march, 3) < 1
    for tune in melodies.in_one_key():
        above, below = tune.metre
        assert panels.on_bar_lines(tune.notes, 4 * above / below) == 1, tune.title
    with rejects(ValueError, "notes must fill two bars of 4 beats", "3 beats"):
        panels.on_bar_lines(melodies.read_notes("C4 D4 E4"), 4)


def test_a_pickup_does_not_hide_the_bars() -> None:
    assert panels.on_bar_lines(melodies.read_notes("G4 " + "C4:2 D4 " * 4), 3) == 1


def test_copied_notes_are_those_of_a_window_found_elsewhere() -> None:
    known = tokens_of("C4 D4 E4 F4 G4:2 E4")
    tune = tokens_of("G4 G4 D4 E4 F4 G4:2 C4 C4")
    marked = panels.copied_notes(tune, [known], n=4)
    assert marked.tolist() == [False, False, True, True, True, True, False, False]
    assert not panels.copied_notes(tune[:3], [known], n=4).any()
    share = melodies.copied_windows(tune, [known], 4)
    assert share.tolist() == [False, False, True, False, False]
    assert melodies.copied_share(tune, [known], 4) == share.mean()


def composing() -> panels.Panel:
    return panels.composing(sequence_networks.composer(), sequence_networks.tunes())


def test_the_panel_shows_the_tune_that_sampling_draws() -> None:
    panel = composing()
    panel.set(metre=(4, 4), temperature=0.8, seed=11)
    how = {"start": sequence_networks.N_NOTES + 1, "longest": panels.MOST_NOTES}
    rng = np.random.default_rng(11)
    (drawn,) = sample(sequence_networks.composer(), rng, temperature=0.8, **how)
    notes = melodies.to_notes(drawn[drawn < sequence_networks.N_NOTES])
    assert panel._data["new"]["notes"] == notes
    assert panel.sentence.startswith(f"4/4, temperature 0.80, seed 11: {len(notes)} notes, ")


def samples_of(panel: panels.Panel) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(panel.children[-1].value)) as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data / 32767, file.getframerate()


def test_the_player_holds_the_sound_of_the_tune_that_is_shown() -> None:
    panel = composing()
    for seed in (1, 2):
        panel.set(seed=seed)
        heard, rate = samples_of(panel)
        notes = panel._data["new"]["notes"]
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
    assert len(heard) > 0 and not heard.any()
    assert drive(panel, count=20) < 400


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

    n = sequence_networks.N_NOTES + len(panels.METRES)
    model = Reciter(GRUCell(n, 3, rng=0), n, rng=0)
    panel = panels.composing(model, sequence_networks.tunes())
    assert panel._data["new"]["notes"] == tune.notes[: panels.MOST_NOTES]
    assert panel._data["new"]["copied"].all()
    assert "100% of 4 notes, 100% of 6 and 100% of 8" in panel.sentence
    assert panel.sentence.endswith(f"with {tune.title}.")


def test_the_piano_roll_says_what_it_shows() -> None:
    notes = melodies.read_notes("C4 D4:.5 r:.5 G4:2")
    picture = panels.piano_roll({"one": notes, "two": notes[:2]})
    assert picture.sentence == (
        "one: 4 notes, 4 beats, starting C4 D4:.5 r:.5 G4:2; two: 2 notes, 1.5 beats, starting "
        "C4 D4:.5."
    )


# -- dates ---------------------------------------------------------------------------------------


def test_what_the_panel_writes_is_what_translate_writes() -> None:
    model = sequence_networks.translator()
    for text in ("3 may 1984", "12.08.2001", "monday, 9 june 1999"):
        found = panels.written(model, text)
        x = to_tokens(text, dates.WRITTEN_ALPHABET)[:, None]
        (expected,) = translate(model, x, longest=panels.PLACES)
        assert found.read == text
        assert found.text == to_text(expected, dates.ISO_ALPHABET)
        assert np.allclose(found.p.sum(axis=0), 1)
        assert (found.p.argmax(axis=0) == found.tokens).all()


def test_translations_are_those_of_each_date_alone() -> None:
    model = sequence_networks.translator()
    pairs = dates.dates(6, np.random.default_rng(1))
    assert panels.translations(model, pairs) == [panels.written(model, x).text for x, _ in pairs]


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


@pytest.mark.parametrize(
    ("text", "real"),
    [("1984-05-03", True), ("1984-02-30", False), ("1949-12-31", False), ("1984", False)],
)
def test_a_date_is_a_day_of_the_hundred_years(text, real) -> None:
    assert panels.is_date(text) == real


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("  3   May\t1984\n", "3 may 1984"),
        ("3. März 1984!", "3. mrz 1984"),
        ("<b>3/5/1984</b>", "b3/5/1984/b"),
        ("名|", ""),
        ("", ""),
        ("9" * 100, "9" * 40),
    ],
)
def test_of_what_is_typed_the_known_signs_are_read(text, read) -> None:
    assert panels.read_date(text) == read


@pytest.mark.parametrize("text", TYPED, ids=lambda text: repr(text[:12]))
def test_any_text_gets_an_answer_or_a_sentence(text) -> None:
    panel = panels.own_date(sequence_networks.translator())
    panel.set(text=text)
    assert panel.error is None
    assert not set("<>&{}$\\%") & set(panel.sentence)
    panel._repr_mimebundle_()


def test_an_answer_is_checked_by_spelling_its_day_again() -> None:
    def checked(read: str, text: str) -> str:
        tokens = to_tokens(text, dates.ISO_ALPHABET).tolist()
        return panels._checked(panels.Written(read, np.zeros((12, len(tokens))), tokens))

    assert "“day first”" in checked("3 may 1984", "1984-05-03")
    assert "“slashes, month first”" in checked("5/3/1984", "1984-05-03")
    assert checked("3/5/1984", "1984-05-03").startswith("In none of the twelve spellings")
    assert checked("monday 3 may 1984", "1984-05-03").startswith("In none")  # a Thursday
    assert checked("30 february 1984", "1984-02-30") == "That is no day from 1950 to 2049."


# -- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wiring", "verdict", "tags", "composing", "own_date"])
def test_panels_of_other_networks_can_be_driven_everywhere(name) -> None:
    make = getattr(panels, name)
    models = {
        "wiring": [],
        "verdict": [trained(len(phrases.WORDS), "last"), sequence_networks.bag()],
        "tags": [trained(len(names_in_text.WORDS), "every")],
        "composing": [sequence_networks.composer(), sequence_networks.tunes()[:1]],
        "own_date": [sequence_networks.translator()],
    }
    panel = make(*models[name])
    assert drive(panel, count=60, seed=1) < 400
    check_projector(panel)
