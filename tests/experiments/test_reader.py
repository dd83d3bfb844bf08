"""A character model of one long text: judged, compared, made to write, kept."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import rejects

from rnn_helpers.data import own_text
from rnn_helpers.data.own_text import Vocabulary
from rnn_helpers.experiments import reader
from rnn_helpers.experiments.letter_counts import TextCounts
from rnn_helpers.experiments.reader import Gain, Settings
from rnn_helpers.losses import cross_entropy
from rnn_helpers.training import History

SMALL = Settings(n_a=12, T=8, m=4, learning_rate=0.01)
CONTENT = "we count: one, two, three; one, two, three.\nand again, " * 40
VOCABULARY = Vocabulary.of(CONTENT)
TOKENS, N_Y = VOCABULARY.to_tokens(CONTENT), len(VOCABULARY)

every_kind = pytest.mark.parametrize(
    "settings",
    [SMALL, replace(SMALL, cell="LSTM"), replace(SMALL, cell="RNN", dropout=0.3)],
    ids=["GRU", "LSTM", "RNN with dropout"],
)


# -- settings, training -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"cell": "Transformer"}, "cell must be one of RNN, GRU, LSTM"),
        ({"n_a": 0}, "n_a must be 1 or more"),
        ({"learning_rate": 0}, "learning_rate must be a finite number above 0"),
        ({"dropout": 1}, "dropout must be from 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(**wrong)
    with pytest.raises(TypeError, match="seed must be"):
        Settings(seed=0.5)


@every_kind
def test_fitting_lowers_the_loss_and_repeats_with_the_seed(settings: Settings) -> None:
    runs = []
    for _ in range(2):
        model = reader.new_model(settings, N_Y)
        before = reader.character_losses(model, TOKENS[:500]).mean()
        history = reader.fit(model, settings, TOKENS, 60, TOKENS[:500])
        assert history.held_out[0][0] == 0 and history.kept is not None
        runs.append(reader.character_losses(model, TOKENS[:500]))
        assert runs[-1].mean() < before - 0.3
    np.testing.assert_array_equal(*runs)
    assert all(value.dtype == np.float32 for value in model.params.values())


@pytest.mark.parametrize(
    ("T", "steps", "every"),
    [(8, 120, 10), (8, 480, 12), (20, 560, 13)],  # a pass of 68 steps, and one of 27
)
def test_the_validation_loss_is_taken_now_and_then(T: int, steps: int, every: int) -> None:
    settings = replace(SMALL, T=T, n_a=3)
    model = reader.new_model(settings, N_Y)
    history = reader.fit(model, settings, TOKENS, steps, TOKENS[:300])
    assert [step for step, _ in history.held_out][:4] == [0, every, 2 * every, 3 * every]


def test_a_step_takes_time_and_minutes_hold_steps() -> None:
    assert 0 < reader.seconds_a_step(SMALL, TOKENS, N_Y, 2) < 10
    assert reader.steps_in(2, 0.5) == 240 and reader.steps_in(0.001, 9) == 1
    with pytest.raises(ValueError, match="minutes must be a finite number above 0"):
        reader.steps_in(0, 1)


def test_a_held_out_batch_is_the_text_and_fits_into_the_memory() -> None:
    batch = reader.held_out_batch(TOKENS, N_Y)
    assert batch.x.shape == (274, 8) and len(TOKENS) == 2200
    assert batch.x.T.ravel().tolist() == TOKENS[: 8 * 274].tolist()
    assert reader.held_out_batch(TOKENS[:40], N_Y).x.shape == (39, 1)
    large = reader.held_out_batch(np.arange(20_000) % 3000, 3000)
    assert large.x.shape[1] == 32 and large.x.size * 3000 <= reader.ENTRIES


# -- judging ----------------------------------------------------------------------------------


@every_kind
def test_losses_are_those_of_reading_the_text_in_one_go(settings: Settings) -> None:
    model = reader.new_model(settings, N_Y)
    reader.fit(model, settings, TOKENS, 40)
    text = TOKENS[:700]
    z, _ = model.forward(text[:-1, None])
    expected = [cross_entropy(z[t : t + 1], text[t + 1, None, None])[0] for t in range(699)]
    losses = reader.character_losses(model, text, m=1)
    np.testing.assert_allclose(losses, expected, rtol=1e-4, atol=1e-5)
    columns = reader.character_losses(model, text, m=7)  # 100 each, after 64 to warm up
    assert columns.shape == (699,)
    np.testing.assert_allclose(columns[:100], losses[:100], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(columns, losses, atol=0.05)


@pytest.mark.parametrize("length", [2, 3, 17, 33, 200])
@pytest.mark.parametrize("m", [1, 4, 16])
def test_every_character_but_the_first_has_its_loss(length: int, m: int) -> None:
    model = reader.new_model(SMALL, N_Y)
    assert reader.character_losses(model, TOKENS[:length], m).shape == (length - 1,)


def test_a_text_that_is_none_has_no_losses() -> None:
    model = reader.new_model(SMALL, N_Y)
    with pytest.raises(ValueError, match="tokens must be two or more, got 1"):
        reader.character_losses(model, TOKENS[:1])
    with pytest.raises(ValueError, match=f"tokens must hold tokens from 0 to {N_Y - 1}"):
        reader.character_losses(model, TOKENS + 1)


def test_bits_by_hand() -> None:
    losses, unknown = np.log([2, 4, 8.0]), np.array([False, True, False])
    assert reader.bits_per_character(losses, unknown, 16) == pytest.approx((1 + 2 + 3 + 4) / 3)
    assert reader.bits_per_character(losses, ~unknown, 2) == pytest.approx((1 + 2 + 3 + 2) / 3)
    with pytest.raises(ValueError, match=r"unknown must be \(T\) with T = 3"):
        reader.bits_per_character(losses, unknown[:2], 16)


def test_a_gain_by_hand() -> None:
    losses, rival = np.zeros(8), np.log([2, 2, 4, 4, 2, 2, 16, 16.0])
    gained = reader.gain(losses, rival, stretches=4)  # 1, 2, 1 and 4 bits
    assert gained.bits == pytest.approx(2)
    assert gained.error == pytest.approx(np.sqrt((1 + 0 + 1 + 4) / 3 / 4))
    assert reader.gain(rival, losses, 4) == pytest.approx((-gained.bits, gained.error))
    with pytest.raises(ValueError, match="stretches must be from 2 to 8, got 20"):
        reader.gain(losses, rival)


def test_the_error_of_a_gain_is_how_far_it_scatters() -> None:
    rng = np.random.default_rng(0)
    slow = np.repeat(rng.normal(0.2, 1, (400, 50)), 10, axis=1)  # neighbours are alike
    gains = [reader.gain(np.zeros(500), row) for row in slow]
    scatter = np.std([gained.bits for gained in gains])
    assert np.mean([gained.error for gained in gains]) == pytest.approx(scatter, rel=0.15)


@pytest.mark.parametrize(
    ("gained", "held_out", "parts"),
    [
        (Gain(0.3, 0.1), [2, 1, 3], ["beats the pairs", "+0.300 ± 0.100 bits a character."]),
        (Gain(0.1, 0.1), [3, 2, 1], ["too close to call", "still falling", "train it longer"]),
        (Gain(-0.1, 0.1), [3, 1, 2], ["too close to call", "It overfits: after step 10"]),
        (Gain(-0.3, 0.1), [3, 1, 1.001], ["does not beat", "-0.300", "come to a stand"]),
    ],
)
def test_the_verdict_says_who_won_or_why_not(gained, held_out, parts) -> None:
    history = History(held_out=[(10 * i, loss) for i, loss in enumerate(held_out)])
    said = reader.verdict(gained, history, "the pairs")
    assert all(part in said for part in parts), said


def test_to_repeat_is_to_do_it_all_again() -> None:
    content = own_text.there("tunes").content
    settings = replace(SMALL, T=16, m=8, seed=3)
    gained = reader.repeat(content, settings, 30, split_seed=2, at_least=2)
    parts = own_text.split(content, 2)
    vocabulary = Vocabulary.of(parts.training, 2)
    n_y = len(vocabulary)
    a, b, c = map(vocabulary.to_tokens, (parts.training, parts.validation, parts.test))
    model = reader.new_model(settings, n_y)
    reader.fit(model, settings, a, 30, b)
    s = TextCounts(a, b, n_y).best(3)[1]
    rival = TextCounts(a, c, n_y).losses(3, s)
    assert gained == pytest.approx(reader.gain(reader.character_losses(model, c), rival))


# -- writing and keeping ----------------------------------------------------------------------


@every_kind
def test_a_model_writes_with_its_vocabulary(settings: Settings) -> None:
    model = reader.new_model(settings, N_Y)
    reader.fit(model, settings, TOKENS, 150)
    text = reader.write(model, VOCABULARY, "we count", 60, rng=1, temperature=0.3)
    assert len(text) == 60 and set(text) <= set(CONTENT)
    assert text == reader.write(model, VOCABULARY, "we count", 60, rng=1, temperature=0.3)
    assert len(reader.write(model, VOCABULARY, "名", 10)) == 10  # an unknown character is read
    with pytest.raises(ValueError, match="prompt must be one character or more, got ''"):
        reader.write(model, VOCABULARY, "")


@every_kind
def test_what_is_kept_comes_back(tmp_path: Path, settings: Settings) -> None:
    model = reader.new_model(settings, N_Y)
    reader.fit(model, settings, TOKENS, 5)
    paths = reader.keep(tmp_path / "new", "mine", model, VOCABULARY, settings)
    assert [path.name for path in paths] == ["mine.npz", "mine.json"]
    again, vocabulary, same = reader.fetch(tmp_path / "new", "mine")
    assert vocabulary.characters == VOCABULARY.characters and same == settings
    for name, value in model.params.items():
        np.testing.assert_array_equal(again.params[name], value)


def test_what_was_not_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reader.fetch(tmp_path, "gone")
    file = tmp_path / "other.json"
    for content in ("{", "[]", "{}", json.dumps({"characters": "ab", "settings": 3})):
        file.write_text(content)
        with rejects(ValueError, "name must be that of a model that keep wrote", "other.json"):
            reader.fetch(tmp_path, "other")
