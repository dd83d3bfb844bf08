from itertools import product

import numpy as np
import pytest
from helpers import KINDS, rejects

from rnn_helpers.activations import softmax
from rnn_helpers.attention import AttentiveDecoder, AttentiveTranslator
from rnn_helpers.models import EncoderDecoder, SequenceModel
from rnn_helpers.sampling import (
    beam_search,
    distribution,
    draw,
    entropy,
    sample,
    steps,
    translate,
)

K = 5


class Uniform(np.random.Generator):
    """A generator whose random numbers are all the one given."""

    def __init__(self, number):
        super().__init__(np.random.PCG64(0))
        self.number = number

    def random(self, size=None, *rest):
        return np.full(size, self.number)


def model_of(kind="gru_before", n_x=K, seed=0, **more):
    rng = np.random.default_rng(seed)
    return SequenceModel(KINDS[kind](n_x, 6, rng=rng, **more), n_x, rng=rng)


class Writer:
    """Stands in for a model: it writes its tokens one after the other, whatever it reads.

    The last one is repeated for ever. ``read`` keeps what it was given, step by step.
    """

    def __init__(self, *tokens):
        self.tokens, self.read = tokens, []
        self.cell, self.n_y = KINDS["rnn_tanh"](K, 1, rng=0), K

    def step(self, token, state=None):
        t = state or 0
        self.read.append(np.array(token).tolist())
        z = np.full((K, len(token)), -1e3)
        z[self.tokens[min(t, len(self.tokens) - 1)]] = 1e3
        return z, t + 1

    def quick_step(self):
        return self.step


# -- one draw ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_classes_are_drawn_as_often_as_p_says(dtype):
    p = np.array([0.5, 0.02, 0.0, 0.28, 0.2])
    n = 100_000
    drawn = draw(np.repeat(p[:, None], n, axis=1).astype(dtype), np.random.default_rng(0))
    counts = np.bincount(drawn, minlength=K)
    assert drawn.shape == (n,)
    assert counts[2] == 0
    expected = n * p[p > 0]
    chi_square = ((counts[p > 0] - expected) ** 2 / expected).sum()
    assert chi_square < 16.3  # three degrees of freedom: exceeded once in a thousand


def test_columns_are_drawn_from_their_own_distribution():
    p = np.array([[1.0, 0, 0, 0.5], [0, 1, 0, 0], [0, 0, 1, 0.5]])
    drawn = np.array([draw(p, np.random.default_rng(seed)) for seed in range(200)])
    np.testing.assert_array_equal(drawn[:, :3], np.tile([0, 1, 2], (200, 1)))
    assert set(drawn[:, 3]) == {0, 2}
    assert 70 < (drawn[:, 3] == 0).sum() < 130


def test_columns_are_drawn_independently():
    p = np.full((2, 2), 0.5)
    rng = np.random.default_rng(0)
    drawn = np.array([draw(p, rng) for _ in range(2000)])
    assert abs((drawn[:, 0] == drawn[:, 1]).mean() - 0.5) < 0.05


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("number", [0.0, 5e-324, 1e-17, np.nextafter(1, 0), 1 - 2.0**-24, 0.5])
def test_a_class_of_probability_zero_is_never_drawn(dtype, number):
    third = np.array([0, 1 / 3, 0, 0, 1 / 3, 1 / 3, 0, 0])
    half = np.array([0, 0, 0.5, 0, 0.5, 0, 0, 0])
    last = np.array([0, 0, 0, 0, 0, 0, 0, 1.0])
    first = last[::-1]
    tenth = np.array([0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0])
    short = tenth * (1 - 3e-7)  # a softmax in float32 may sum to a little less than 1, or more
    long = tenth * (1 + 3e-7)
    p = np.array([third, half, last, first, tenth, short, long]).T.astype(dtype)
    drawn = draw(p, Uniform(number))
    assert (drawn < len(p)).all()
    assert (p[drawn, range(p.shape[1])] > 0).all()


def test_the_smallest_number_takes_the_first_class_and_the_largest_the_last():
    p = np.array([[0.0], [0.25], [0.5], [0.25], [0.0]])
    assert draw(p, Uniform(0.0)) == [1]
    assert draw(p, Uniform(np.nextafter(0.25, 0))) == [1]
    assert draw(p, Uniform(0.25)) == [2]
    assert draw(p, Uniform(np.nextafter(1, 0))) == [3]


def test_draw_changes_nothing_and_repeats_with_the_seed():
    p = softmax(np.random.default_rng(0).normal(size=(K, 50)))
    before = p.copy()
    one, same, other = (draw(p, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(p, before)
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


# -- whole sequences ---------------------------------------------------------------------------


def test_a_sample_stops_at_the_end_token_which_is_not_part_of_it():
    for m in (1, 3):
        found = sample(Writer(3, 1, 2, 0), np.random.default_rng(0), m=m)
        assert [row.tolist() for row in found] == [[3, 1, 2]] * m


def test_a_sample_may_be_empty():
    assert [row.tolist() for row in sample(Writer(0), np.random.default_rng(0), m=2)] == [[], []]


@pytest.mark.parametrize("longest", [1, 2, 7])
def test_a_sample_is_never_longer_than_asked_for(longest):
    found = sample(Writer(3, 1), np.random.default_rng(0), m=2, longest=longest)
    assert [row.tolist() for row in found] == [[3, *[1] * (longest - 1)]] * 2


def test_the_end_may_be_another_token_than_the_start():
    found = sample(Writer(3, 0, 2, 4), np.random.default_rng(0), start=0, end=4)
    assert found[0].tolist() == [3, 0, 2]


def test_each_step_reads_what_was_written_and_nothing_more_once_all_have_ended():
    model = Writer(3, 1, 0)
    sample(model, np.random.default_rng(0), m=2, start=4, longest=30)
    assert model.read == [[4, 4], [3, 3], [1, 1]]


@pytest.mark.parametrize("kind", KINDS)
def test_each_character_drawn_is_the_next_input_and_the_state_is_kept(kind):
    """The same walk by hand, on the same random numbers."""
    model = model_of(kind)
    model.params["Wya"] *= 5
    found = sample(model, np.random.default_rng(4), m=3, start=2, end=None, longest=6)
    rng, token, state, rows = np.random.default_rng(4), np.array([2, 2, 2]), None, []
    for _ in range(6):
        a, tape = model.cell.forward(token[None], state)
        state = tape.state
        z = model.params["Wya"] @ a[0] + model.params["by"]
        token = draw(softmax(z), rng)
        rows.append(token)
    np.testing.assert_array_equal(np.array(found), np.array(rows).T)


def test_sequences_of_a_batch_end_on_their_own():
    found = sample(model_of(), np.random.default_rng(0), m=200, longest=12)
    lengths = np.array([len(row) for row in found])
    assert len(found) == 200
    assert lengths.max() <= 12
    assert len(set(lengths)) > 5
    assert all((row != 0).all() and (row < K).all() for row in found)
    assert all(row.dtype == int for row in found)


def test_the_first_character_of_a_sample_has_the_frequencies_of_the_softmax():
    model = model_of()
    model.params["by"][:, 0] = [-50, 0.5, 1, -1, 0]
    found = sample(model, np.random.default_rng(0), m=20_000, longest=1)
    p = softmax(model.step(np.array([0]))[0])[:, 0]
    counts = np.bincount(np.concatenate(found), minlength=K)
    assert counts[0] == 0
    assert (((counts - 20_000 * p) ** 2)[1:] / (20_000 * p[1:])).sum() < 16.3


def test_sampling_repeats_with_the_seed_and_learns_nothing():
    model = model_of(dtype=np.float32)
    before = {name: value.copy() for name, value in model.params.items()}
    texts = [
        [row.tolist() for row in sample(model, rng, m=5)]
        for rng in (np.random.default_rng(1), 1, np.random.default_rng(2))
    ]
    assert texts[0] == texts[1] != texts[2]
    for name, value in before.items():
        np.testing.assert_array_equal(model.params[name], value)


# -- bad input ---------------------------------------------------------------------------------


def test_what_is_no_distribution_is_explained():
    rng = np.random.default_rng(0)
    says = "p must hold probabilities that sum to 1 down each column"
    with rejects(ValueError, says, "got entries from -1", "sums from 1 to 1"):
        draw(np.array([[-1.0], [2.0]]), rng)
    with rejects(ValueError, says, "sums from 0 to 0"):
        draw(np.zeros((3, 2)), rng)
    with rejects(ValueError, says, "sums from 0.333 to 1.33"):
        draw(np.array([[1 / 3, 2 / 3], [0, 2 / 3]]), rng)
    with rejects(ValueError, "p must hold finite numbers", "got nan"):
        draw(np.full((3, 2), np.nan), rng)
    with rejects(ValueError, "p must be (n_y, m)", "got (2,)"):
        draw(np.array([0.5, 0.5]), rng)
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "got 'a'"):
        draw(np.ones((1, 1)), "a")


def test_bad_calls_of_sample_are_explained():
    model, rng = model_of(), np.random.default_rng(0)
    with rejects(ValueError, "m must be 1 or more", "got 0"):
        sample(model, rng, m=0)
    with rejects(ValueError, "longest must be 1 or more", "got 0"):
        sample(model, rng, longest=0)
    with rejects(ValueError, "start must be a token from 0 to 4", "got 5"):
        sample(model, rng, start=5)
    with rejects(TypeError, "start must be a whole number", "got 0.0"):
        sample(model, rng, start=0.0)
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", "got 'a'"):
        sample(model, "a")
    with rejects(ValueError, "model must have n_y = n_x", "got 3 and 5"):
        sample(SequenceModel(model.cell, 3, rng=0), rng)


# -- the distribution ----------------------------------------------------------------------------

Z = np.array([[2.0, 0.0], [1.0, 0.0], [0.5, 0.0], [-1.0, 3.0], [-3.0, 0.0]])  # (n_y, m)


def test_temperature_divides_the_scores():
    for temperature in (0.1, 0.7, 1.0, 3.0):
        want = np.exp(Z / temperature) / np.exp(Z / temperature).sum(axis=0)
        np.testing.assert_allclose(distribution(Z, temperature), want, rtol=0, atol=1e-12)


def test_temperature_0_is_greedy_and_a_tiny_one_comes_near_it():
    greedy = distribution(Z, 0)
    np.testing.assert_array_equal(greedy, [[1, 0], [0, 0], [0, 0], [0, 1], [0, 0]])
    np.testing.assert_allclose(distribution(Z, 1e-300), greedy, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(distribution(np.zeros((3, 1)), 0)[:, 0], [1, 0, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [1e-30, 1e-37, 1e-46, 1e-300, 5e-324])
def test_a_temperature_that_float32_cannot_hold_is_greedy_too(dtype, temperature):
    """Warnings are errors here."""
    z = (1e9 * Z).astype(dtype)
    greedy = distribution(z, 0)
    np.testing.assert_array_equal(distribution(z, temperature), greedy)
    np.testing.assert_array_equal(distribution(z, temperature, top_p=0.9), greedy)
    assert distribution(z, temperature).dtype == dtype


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, bool])
def test_scores_of_whole_numbers_are_read_as_floats(dtype):
    z = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
    for temperature in (1.0, 0.5):
        want = distribution(z.astype(float), temperature)
        np.testing.assert_array_equal(distribution(z, temperature), want)
    assert distribution(z, 0).dtype == float
    with rejects(TypeError, "z must hold real numbers", "complex128"):
        distribution(Z + 1j)


def test_a_high_temperature_makes_all_alike():
    np.testing.assert_allclose(distribution(Z, 1e9), 1 / 5, rtol=0, atol=1e-6)


def test_top_k_keeps_the_k_likeliest_of_each_column():
    p, kept = softmax(Z), distribution(Z, top_k=2)
    np.testing.assert_allclose(kept[:, 0], [*(p[:2, 0] / p[:2, 0].sum()), 0, 0, 0], atol=1e-12)
    assert (kept > 0).sum(axis=0).tolist() == [2, 2]
    assert np.flatnonzero(kept[:, 1]).tolist() == [0, 3]  # of equals the earlier
    np.testing.assert_allclose(distribution(Z, top_k=5), p, rtol=0, atol=1e-12)


@pytest.mark.parametrize("top_p", [1e-9, 0.3, 0.6, 0.9, 0.999, 1.0])
def test_top_p_keeps_the_fewest_that_reach_p(top_p):
    p, kept = softmax(Z), distribution(Z, top_p=top_p)
    np.testing.assert_allclose(kept.sum(axis=0), 1, rtol=0, atol=1e-12)
    for column in range(2):
        order = sorted(range(5), key=lambda i: -p[i, column])
        count = next(n for n in range(1, 6) if p[order[:n], column].sum() >= top_p - 1e-12)
        assert set(np.flatnonzero(kept[:, column])) == set(order[:count])


def test_top_k_comes_before_top_p():
    both = distribution(Z, top_k=2, top_p=0.9)
    assert np.flatnonzero(both[:, 0]).tolist() == [0, 1]
    narrow = distribution(Z, top_k=2, top_p=0.7)  # 0.73 of the two that are left
    assert np.flatnonzero(narrow[:, 0]).tolist() == [0]


def test_float32_scores_give_float32_probabilities():
    for how in ({}, {"temperature": 0}, {"temperature": 0.5}, {"top_k": 2}, {"top_p": 0.5}):
        assert distribution(Z.astype(np.float32), **how).dtype == np.float32


def test_entropy_is_that_of_the_formula():
    p = np.array([[1.0, 0.25, 0.5], [0, 0.25, 0.5], [0, 0.25, 0], [0, 0.25, 0]])
    np.testing.assert_allclose(entropy(p), [0, np.log(4), np.log(2)], rtol=0, atol=1e-12)
    assert str(entropy(p)[0]) == "0.0"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"temperature": -0.1}, "temperature must be 0 or more, got -0.1"),
        ({"temperature": float("nan")}, "temperature must be a finite number"),
        ({"top_k": 0}, "top_k must be 1 or more, got 0"),
        ({"top_k": 6}, "top_k must be from 1 to n_y = 5, got 6"),
        ({"top_p": 0}, "top_p must be a finite number above 0, got 0"),
        ({"top_p": 1.1}, "top_p must be above 0 and at most 1, got 1.1"),
    ],
)
def test_bad_choices_are_refused_before_anything_is_drawn(how, message):
    with rejects(ValueError, message):
        distribution(Z, **how)
    with rejects(ValueError, message):
        steps(model_of(), np.random.default_rng(0), **how)


# -- step by step --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_steps_are_the_walk_by_hand(kind):
    """From zeros, through a prompt, with temperature and top-k: against the plain loop."""
    model = model_of(kind)
    model.params["Wya"] *= 5
    walk = steps(model, np.random.default_rng(4), 3, None, [1, 4], temperature=0.8, top_k=3)
    found = [next(walk) for _ in range(6)]
    rng, rows = np.random.default_rng(4), []
    x = [np.zeros((1, K, 3)), *(np.full((1, 3), k) for k in (1, 4))]
    state = None
    for x_t in x:
        a, tape = model.cell.forward(x_t, state)
        state = tape.state
    for _ in range(6):
        z = model.params["Wya"] @ a[0] + model.params["by"]
        p = distribution(z, 0.8, top_k=3)
        rows.append((draw(p, rng), p))
        a, tape = model.cell.forward(rows[-1][0][None], state)
        state = tape.state
    for step, (token, p) in zip(found, rows, strict=True):
        np.testing.assert_array_equal(step.token, token)
        np.testing.assert_allclose(step.p, p, rtol=0, atol=1e-12)


def test_a_text_may_go_on_where_another_stopped():
    model = model_of()
    walk = steps(model, np.random.default_rng(0), start=1)
    first = [next(walk) for _ in range(8)]
    again = steps(
        model, np.random.default_rng(1), start=int(first[3].token[0]), state=first[3].state
    )
    np.testing.assert_allclose(next(again).p, first[4].p, rtol=0, atol=1e-12)


def test_a_broken_model_does_not_write():
    model = model_of()
    model.params["by"][1] = np.nan
    with rejects(ValueError, "scores of model must hold finite numbers", "got nan"):
        sample(model, np.random.default_rng(0))


def test_greedy_texts_need_no_chance():
    found = [
        sample(model_of(), np.random.default_rng(seed), m=2, end=None, longest=9, temperature=0)
        for seed in (0, 1)
    ]
    np.testing.assert_array_equal(*found)


def test_bad_starts_prompts_and_ends_are_refused():
    rng = np.random.default_rng(0)
    with rejects(ValueError, "start must be a token from 0 to 4, got 5"):
        steps(model_of(), rng, start=5)
    with rejects(ValueError, "prompt must hold tokens from 0 to 4, got 7"):
        steps(model_of(), rng, prompt=[1, 7])
    with rejects(ValueError, "prompt must be (T,), got (1, 2)"):
        steps(model_of(), rng, prompt=[[1, 2]])
    with rejects(ValueError, "end must be a token from 0 to 4, got 9"):
        sample(model_of(), rng, end=9)


def test_translating_is_encoding_then_writing():
    rng = np.random.default_rng(0)
    encoder, decoder = KINDS["lstm"](3, 4, rng=rng), model_of("lstm")
    decoder = SequenceModel(KINDS["lstm"](K, 4, rng=rng), K, rng=rng)
    model = EncoderDecoder(encoder, decoder, start=1)
    x, lengths = rng.integers(3, size=(5, 3)), (5, 2, 3)
    found = translate(model, x, np.arange(5)[:, None] < np.array(lengths), longest=7)
    for i, length in enumerate(lengths):
        state = encoder.forward(x[:length, i : i + 1])[1].state
        row, token = [], np.array([1])
        while len(row) < 7:
            z, state = decoder.step(token, state)
            token = z.argmax(axis=0)
            if token[0] == 0:
                break
            row.append(int(token[0]))
        assert found[i].tolist() == row


# -- beam search -------------------------------------------------------------------------------


N_READ, SIGNS, LONGEST = 4, 3, 4


def translator(seed=0, strength=1.5):
    """An encoder and a decoder of a few signs, sharp enough that greedy writing goes wrong."""
    rng = np.random.default_rng(seed)
    encoder = KINDS["gru_before"](N_READ, 5, rng=rng)
    decoder = SequenceModel(KINDS["gru_before"](SIGNS, 5, rng=rng), SIGNS, rng=rng)
    model = EncoderDecoder(encoder, decoder, start=1)
    for value in model.params.values():
        value += rng.normal(0, strength, value.shape)
    return model


def every_text(model, x):
    """Return (tokens, log p, T_y) of every text up to LONGEST signs, 0 being the end."""
    found = []
    for length in range(1, LONGEST + 1):
        for signs in product(range(SIGNS), repeat=length):
            if 0 in signs[:-1] or (length < LONGEST and signs[-1] != 0):
                continue
            state, token, log_p = model.encoded(x), model.start, 0.0
            for sign in signs:
                z, state = model.decoder.step(np.array([token]), state)
                log_p, token = log_p + np.log(softmax(z)[sign, 0]), sign
            found.append((list(signs[:-1] if signs[-1] == 0 else signs), log_p, length))
    return found


@pytest.mark.parametrize("power", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_all_texts_ranks_them_as_an_exhaustive_search_does(seed, power):
    model, x = translator(seed), np.random.default_rng(seed).integers(N_READ, size=(3, 2))
    found = beam_search(model, x, longest=LONGEST, width=100, length_power=power)
    for i, column in enumerate(found):
        texts = every_text(model, x[:, i : i + 1])
        texts.sort(key=lambda text: -text[1] / text[2] ** power)
        assert [hypothesis.tokens.tolist() for hypothesis in column] == [text[0] for text in texts]
        np.testing.assert_allclose([h.log_p for h in column], [text[1] for text in texts])
        np.testing.assert_allclose(
            [h.score for h in column], [log_p / n**power for _, log_p, n in texts]
        )


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_width_1_is_greedy(seed):
    model, x = translator(seed), np.random.default_rng(seed).integers(N_READ, size=(4, 6))
    for row, (best,) in zip(
        translate(model, x, longest=7), beam_search(model, x, width=1, longest=7)
    ):
        np.testing.assert_array_equal(best.tokens, row)


def test_a_wider_beam_can_find_what_greedy_writing_misses():
    better = 0
    for seed in range(20):
        model, x = translator(seed, strength=1.0), np.array([[0], [3]])
        narrow, wide = (beam_search(model, x, longest=LONGEST, width=w)[0][0] for w in (1, 5))
        better += wide.log_p > narrow.log_p + 1e-6
    assert better > 1


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_a_column_is_searched_as_it_is_alone(power):
    model, x = translator(3), np.random.default_rng(0).integers(N_READ, size=(5, 3))
    lengths = (5, 1, 3)
    how = {"longest": 6, "width": 3, "length_power": power}
    together = beam_search(model, x, np.arange(5)[:, None] < np.array(lengths), **how)
    for i, length in enumerate(lengths):
        (alone,) = beam_search(model, x[:length, i : i + 1], **how)
        for one, other in zip(alone, together[i], strict=True):
            np.testing.assert_array_equal(one.tokens, other.tokens)
            assert one.log_p == pytest.approx(other.log_p, abs=1e-12)


def test_attention_is_searched_too():
    rng = np.random.default_rng(0)
    encoder = KINDS["lstm"](N_READ, 4, rng=rng)
    decoder = AttentiveDecoder(KINDS["lstm"](SIGNS, 4, rng=rng), SIGNS, rng=rng)
    model = AttentiveTranslator(encoder, decoder, start=1)
    x = rng.integers(N_READ, size=(4, 2))
    for i, column in enumerate(beam_search(model, x, longest=LONGEST, width=100)):
        texts = sorted(every_text(model, x[:, i : i + 1]), key=lambda text: -text[1])
        assert [h.tokens.tolist() for h in column] == [text[0] for text in texts]


def test_bad_beams_are_refused():
    model, x = translator(), np.zeros((2, 1), int)
    with rejects(ValueError, "width must be 1 or more, got 0"):
        beam_search(model, x, width=0)
    with rejects(ValueError, "length_power must be from 0 to 10, got -1"):
        beam_search(model, x, length_power=-1)
    with rejects(ValueError, "end must be a token from 0 to 2, got 3"):
        beam_search(model, x, end=3)
