"""What judges an answer.

``exercise`` is the engine. It asks ``blanks`` what is left to fill in and ``inputs`` for what to
call the answer with, runs it under ``guard``, which keeps its ``surroundings`` whole, and shows the
``feedback``.

All calls together are a ``trial``. ``diagnosis`` says what is wrong with it: ``structure`` walks
what was returned, ``compare`` holds it against the reference, ``places`` words where it differs,
``failures`` what to say of an error, ``precision`` how exact an answer can be. Then ``cause`` asks
all that look for one: ``known`` tries the exercise's own mistakes, ``repairs`` undoes small ones in
the answer's own text, ``not_finite`` looks where a nan begins, ``traps`` knows lines that do
another thing than most think, and ``detectors`` look by the ``source`` of the answer, by
``relations`` between the numbers, by ``mutants`` of the reference that do what the answer does, and
by what happens if one argument is changed (``perturb``).
"""
