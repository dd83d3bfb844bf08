"""Exercises, one file a notebook, and the small engine that checks them.

A notebook imports its own file, ``from rnn_helpers.exercises import forward_pass as exercises``.
To write exercises, see :mod:`rnn_helpers.exercises.engine`.
"""
