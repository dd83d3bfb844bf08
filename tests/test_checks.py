import numpy as np
import pytest
from helpers import rejects

from rnn_helpers import checks

F64 = np.dtype(np.float64)
F32 = np.dtype(np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128, "float32", F64])
def test_three_dtypes_are_known(dtype):
    assert checks.dtype_of(dtype) == np.dtype(dtype)


@pytest.mark.parametrize("dtype", [np.float16, int, "nonsense", None, np.complex64, object])
def test_other_dtypes_are_named_in_the_error(dtype):
    with rejects(ValueError, "dtype must be float32, float64 or complex128", f"got {dtype!r}"):
        checks.dtype_of(dtype)


@pytest.mark.parametrize("value", [1, 7, np.int32(7)])
def test_a_size_comes_back_as_int(value):
    assert checks.size("n_a", value) == value
    assert type(checks.size("n_a", value)) is int


@pytest.mark.parametrize("value", [2.0, "3", None, True, np.array([2])])
def test_a_size_must_be_a_whole_number(value):
    with rejects(TypeError, "n_a must be a whole number", repr(value)):
        checks.size("n_a", value)


@pytest.mark.parametrize("value", [0, -3])
def test_a_size_must_be_one_or_more(value):
    with rejects(ValueError, "n_a must be 1 or more", f"got {value}"):
        checks.size("n_a", value)


@pytest.mark.parametrize("value", [0, -1.5, np.inf, -np.inf, np.nan])
def test_positive_wants_a_finite_number_above_zero(value):
    with rejects(ValueError, "h must be a finite number", f"got {value}"):
        checks.positive("h", value)


@pytest.mark.parametrize("value", ["1", None, True, [1.0], 1 + 2j])
def test_positive_wants_a_number(value):
    with rejects(TypeError, "h must be a number", repr(value)):
        checks.positive("h", value)


@pytest.mark.parametrize("value", [1, -0.1, 2.0])
def test_fraction_is_from_zero_to_below_one(value):
    with rejects(ValueError, "beta1 must be from 0", f"got {value}"):
        checks.fraction("beta1", value)


def test_numbers_come_back_as_floats():
    assert checks.positive("h", np.float32(0.5)) == 0.5
    assert checks.number("forget_bias", -2) == -2.0
    assert checks.fraction("beta1", 0) == 0.0


def test_choice_lists_the_options():
    assert checks.choice("reset", "after", ("before", "after")) == "after"
    with rejects(ValueError, "reset must be one of before, after", "'sideways'"):
        checks.choice("reset", "sideways", ("before", "after"))


def test_generator_takes_a_generator_or_a_seed():
    rng = np.random.default_rng(3)
    assert checks.generator(rng) is rng
    assert checks.generator(3).random() == np.random.default_rng(3).random()


@pytest.mark.parametrize("value", ["seed", None, 1.0, True, -1, np.random.RandomState(0)])
def test_generator_refuses_anything_else(value):
    with rejects(TypeError, "rng must be a numpy.random.Generator or a seed", checks.shown(value)):
        checks.generator(value)


def test_array_returns_the_same_array_when_nothing_needs_to_change():
    value = np.ones((2, 3))
    assert checks.array("x", value, "n_x m", {"n_x": 2}, F64) is value


def test_array_takes_lists_whole_numbers_and_truth_values():
    for value in ([[1, 2]], np.array([[True, False]]), [[1.5, 2]]):
        found = checks.array("x", value, "n_x m", {}, F32)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, np.asarray(value, np.float32))


@pytest.mark.parametrize("shape", [(2,), (2, 3, 1), (3, 3)])
def test_array_names_the_shape_it_expected_and_got(shape):
    with rejects(ValueError, "x must be (n_x, m) with n_x = 2", f"got {shape}"):
        checks.array("x", np.ones(shape), "n_x m", {"n_x": 2}, F64)


def test_array_must_hold_something():
    with rejects(ValueError, "x must hold at least one entry", "got (2, 0)"):
        checks.array("x", np.ones((2, 0)), "n_x m", {"n_x": 2}, F64)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_array_points_at_the_first_number_that_is_not_finite(bad):
    value = np.ones((2, 3))
    value[1, 2] = bad
    with rejects(ValueError, "x must hold finite numbers", f"got {bad} at index (1, 2)"):
        checks.array("x", value, "n_x m", {}, F64)
    assert checks.array("da", value, "n_x m", {}, F64, finite=False) is value


def test_a_number_too_large_for_float32_is_not_finite():
    with rejects(ValueError, "x must hold finite numbers (float32)", "1e+300 at index (0, 1)"):
        checks.array("x", [[1.0, 1e300]], "n_x m", {}, F32)


def test_array_keeps_complex_numbers_only_for_complex_cells():
    value = np.array([[1 + 2j]])
    assert checks.array("x", value, "n_x m", {}, np.dtype(complex)) is value
    with rejects(TypeError, "x must hold real numbers (float64)", "got complex128"):
        checks.array("x", value, "n_x m", {}, F64)


@pytest.mark.parametrize("value", ["abc", None, [["a", "b"]], [[None, 1]], {"a": 1}])
def test_array_must_hold_numbers(value):
    with rejects(TypeError, "x must hold numbers", "got "):
        checks.array("x", value, "n_x m", {}, F64)


def test_ragged_rows_are_called_that():
    for check in (
        lambda value: checks.array("x", value, "n_x m", {}, F64),
        lambda value: checks.tokens("x", value, 3),
    ):
        with rejects(TypeError, "x must be an array", "got rows of unequal length"):
            check([[1, 2], [1]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.uint64])
def test_tokens_may_have_any_integer_type(dtype):
    found = checks.tokens("x", np.array([[0, 2]], dtype), 3)
    np.testing.assert_array_equal(found, [[0, 2]])
    assert found.dtype == np.intp
    assert (found + 3 * np.arange(1)[:, None]).dtype == np.intp  # they can be reckoned with


@pytest.mark.parametrize("bad", [-1, 3, 99])
def test_tokens_lie_below_n_x(bad):
    with rejects(ValueError, "y must hold tokens from 0 to 2", f"got {bad}"):
        checks.tokens("y", [[0, 1, bad]], 3)


@pytest.mark.parametrize("value", [[[0.0, 1.0]], [[True, False]]])
def test_tokens_are_whole_numbers(value):
    with rejects(TypeError, "x must hold whole numbers (tokens)", f"got {np.array(value).dtype}"):
        checks.tokens("x", value, 3)


def test_tokens_name_the_shape_and_must_not_be_empty():
    with rejects(ValueError, "y must be (T, m) with T = 2, m = 4", "got (2, 3)"):
        checks.tokens("y", np.zeros((2, 3), int), 3, sizes={"T": 2, "m": 4})
    for empty in (np.zeros((0, 3)), np.zeros((2, 0), int), []):
        with rejects(ValueError, "x must hold at least one token", f"got {np.shape(empty)}"):
            checks.tokens("x", empty, 3)


def test_a_token_row_is_one_dimension_of_whole_numbers_and_may_be_empty():
    assert checks.token_row("names[0]", []).dtype == int
    np.testing.assert_array_equal(checks.token_row("names[0]", np.array([5, 1], np.uint8)), [5, 1])
    with rejects(ValueError, "names[3] must be (T,)", "got (1, 2)"):
        checks.token_row("names[3]", [[1, 2]])
    with rejects(TypeError, "names[3] must hold whole numbers", "got float64"):
        checks.token_row("names[3]", [1.5])
    with rejects(TypeError, "names[3] must hold numbers", "got <U3"):
        checks.token_row("names[3]", "rex")


def test_a_mask_of_ones_and_zeros_becomes_true_and_false():
    found = checks.mask([[1, 0], [1.0, 1]], (2, 2))
    assert found.dtype == bool
    np.testing.assert_array_equal(found, [[True, False], [True, True]])
    assert checks.mask(None, (2, 2)) is None


def test_a_mask_that_cannot_be_meant_is_refused():
    with rejects(ValueError, "mask must be (T, m) = (2, 3)", "got (3, 2)"):
        checks.mask(np.ones((3, 2), bool), (2, 3))
    with rejects(ValueError, "mask must keep at least one entry", "got none"):
        checks.mask(np.zeros((2, 3), bool), (2, 3))
    with rejects(ValueError, "mask must hold only True and False", "got 0.5"):
        checks.mask([[1, 0.5]], (1, 2))
    with rejects(TypeError, "mask must hold numbers"):
        checks.mask([["yes", "no"]], (1, 2))


def test_same_keys_compares_keys_and_shapes():
    expected = {"Waa": np.ones((2, 2)), "ba": np.ones((2, 1))}
    checks.same_keys("grads", {"ba": np.ones((2, 1)), "Waa": [[1, 2], [3, 4]]}, expected)
    with rejects(ValueError, "grads must have the keys ['Waa', 'ba']", "got ['Waa']"):
        checks.same_keys("grads", {"Waa": np.ones((2, 2))}, expected)
    with rejects(ValueError, "grads['ba'] must be (2, 1)", "got (2,)"):
        checks.same_keys("grads", {"Waa": np.ones((2, 2)), "ba": np.ones(2)}, expected)
    with rejects(TypeError, "grads must be a dict of arrays", "got (array("):
        checks.same_keys("grads", (np.ones(2),), expected)


@pytest.mark.parametrize(
    "mask", [None, [[1, 1], [1, 1]], [[0, 0], [1, 1]], [[1, 0]], [[True, False], [True, False]]]
)
def test_a_mask_whose_columns_do_not_end_early_says_nothing_of_padding(mask):
    checks.padding_known(mask, None)


def test_a_mask_whose_columns_end_early_wants_the_ends_of_x():
    mask = np.array([[True, True], [True, False]])
    checks.padding_known(mask, mask)
    with rejects(ValueError, "x_mask must say where the columns of x end", "got None"):
        checks.padding_known(mask, None)


def test_what_came_is_told_in_a_few_words_on_one_line():
    assert checks.shown(3) == "3" and checks.shown(None) == "None"
    assert checks.shown(np.zeros((7, 7))) == "an array of shape (7, 7)"
    assert checks.shown(object()) == "object"  # no address, which is another one each time
    assert len(checks.shown("x" * 10**6)) < 300
    assert "\n" not in checks.shown([np.zeros((30, 30))])


def test_a_size_beyond_any_memory_is_refused():
    with rejects(ValueError, "m must be at most 100,000,000", "got 1000000000"):
        checks.size("m", 10**9)


def test_a_number_of_four_hundred_digits_is_not_finite():
    with rejects(ValueError, "h must be a finite number"):
        checks.number("h", 10**400)
    assert checks.number("h", 10**400, finite=False) == np.inf


@pytest.mark.parametrize("value", ["ab", b"ab", {1, 2}, {"a": 1}, 3, None, np.array(3), list])
def test_several_takes_lists_and_no_text_or_dict(value):
    with rejects(TypeError, "names must be a list", checks.shown(value)):
        checks.several("names", value)


def test_several_counts_what_it_was_given():
    assert checks.several("names", (k for k in range(3)), at_least=3) == [0, 1, 2]
    with rejects(ValueError, "names must be a list of one or more, got an empty one"):
        checks.several("names", [], at_least=1)
    with rejects(ValueError, "names must be a list of 2 or more, got 1"):
        checks.several("names", [7], at_least=2)


def test_an_argument_is_called_what_the_caller_calls_it():
    with rejects(ValueError, "x_mask must be"), checks.known_as("mask", "x_mask"):
        checks.mask([[1]], (2, 2))
    with rejects(ValueError, "masks must be"), checks.known_as("mask", "x_mask"):
        raise ValueError("masks must be two")  # another word
    with rejects(TypeError, "names[0] must"), checks.known_as("tokens", "names[0]"):
        checks.token_row("tokens", ["a"])


def test_a_flag_is_true_or_false_and_a_token_one_of_the_alphabet():
    assert checks.flag("person", np.True_) is True
    with rejects(TypeError, "person must be True or False, got 'no'"):
        checks.flag("person", "no")
    with rejects(ValueError, "end must be a token from 0 to 26, got 27"):
        checks.token("end", 27, 27)


def test_parameters_are_a_dict_of_arrays_of_numbers():
    with rejects(TypeError, "params must be a dict of arrays", "got 3"):
        checks.arrays("params", 3)
    with rejects(TypeError, "params['W'] must hold numbers", "got object"):
        checks.arrays("params", {"W": None})
