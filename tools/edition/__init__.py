"""What the teacher's edition and the checks of the paths through the course are made of.

``sections`` cuts a notebook at its headings, ``minutes`` estimates how long each takes, ``needs``
finds what a cell needs of one that was left out. ``cards`` reads predictions, panels and exercises
off a notebook, ``notes`` the fields that are written by hand. ``pages`` puts both into Markdown,
``sessions`` what one session of a path takes,
``formulas`` makes HTML of it, ``graph`` draws what builds on what. ``solutions`` solves and runs a
notebook, ``fits`` keeps how its slides fit a projector. ``exam`` makes a paper and its key, with
the questions of ``quizzes``.
"""
