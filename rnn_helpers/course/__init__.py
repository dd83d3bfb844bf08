"""What every lesson is made of: pictures, panels, predictions, and the learner's progress.

``figures`` draws still pictures and ``panel`` live ones, with the look of ``style``, from ``parts``
and with the words of ``wording``; ``pointing`` says what stands at a place of one. ``gates`` and
``race`` are panels that several lessons share. ``palette`` holds the colours for a light and a dark
page, ``front_end`` puts together what runs in the browser. ``prediction`` asks before a cell is
run, ``progress`` remembers what was solved, ``map`` knows the notebooks in their order, ``upload``
takes a text of the learner's own, ``report`` puts what was found into one file, ``machine`` knows
how much memory is left, and ``saving`` is what ``make lab`` does with a notebook that is saved.
"""


def __getattr__(name: str) -> object:
    """Import ``predict`` when it is asked for: remembering progress needs no widgets."""
    if name == "predict":
        from rnn_helpers.course.prediction import predict

        return predict
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
