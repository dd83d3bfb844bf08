"""The package under the course: recurrent networks in NumPy, written to be read.

The mathematics lies flat and needs NumPy alone: ``activations``, ``allocation``, ``attention``,
``audio``, ``cells``, ``checks``, ``dense``, ``dropout``, ``embedding``, ``exchange``,
``gradients``, ``layout``, ``losses``, ``models``, ``optimizers``, ``parameters``, ``sampling``,
``scan``, ``self_attention``, ``skip``, ``stacks``, ``threads``, ``training``.

Rooms stand around it, each importing only those named before it: ``data`` (loaders, tasks, stored
results), ``experiments`` (networks built, trained and measured), ``course`` (pictures, panels,
predictions, progress), ``checking`` (what judges an answer), ``lessons`` (the panels and the
exercises of each notebook) and ``teaching`` (the view of a class, and homework). Import the module
you need; this file only limits the threads of matrix products, so that ``import
rnn_helpers.cells`` costs little more than NumPy alone.
"""

from rnn_helpers.threads import limit_threads

__version__ = "0.1.0"

limit_threads()
