"""What every lesson is made of: pictures, panels, predictions, and the learner's progress.

``figures`` draws still pictures and ``panel`` live ones, with the look of ``style``, from ``parts``
and with the words of ``wording``; ``pointing`` says what stands at a place of one. ``gates`` and
``race`` are panels that several lessons share. ``palette`` holds the colours for a light and a dark
page, ``page`` hears which of them it is, and ``stills`` has a dark one's still pictures drawn anew.
``front_end`` puts together what runs in the browser, and ``live_check`` asks whether it does.
``walkthrough`` shows the open notebook on a projector, cut by ``slides``. ``prediction`` asks
before a cell is run, ``self_test`` asks what the course takes for granted, ``progress`` remembers
what was solved, ``facts`` is all that can be shared of it and ``share`` shares it, ``map`` knows
the notebooks in their order, ``paths`` the ways through them, ``sound`` plays what has a name,
``upload`` takes a text of the learner's own, ``report`` puts what was found into one file,
``machine`` knows how much memory is left, ``saving`` is what Jupyter's server does with a notebook,
whose parts ``notebook_file`` finds, ``reopening`` gives it back its live panels, and ``copies`` and
``command`` are what ``rnn-course`` does.
"""


def __getattr__(name: str) -> object:
    """Import what is asked for: remembering progress needs no widgets."""
    if name == "predict":
        from rnn_helpers.course.prediction import predict

        return predict
    if name == "present":
        from rnn_helpers.course.walkthrough import present

        return present
    if name == "share_progress":
        from rnn_helpers.course.share import share_progress

        return share_progress
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
