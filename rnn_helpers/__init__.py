"""The package under the course: recurrent networks in NumPy, written to be read.

Three floors, each importing only from below: mathematics (``checks``, ``activations``, ``steps``,
``cells``, ``skip``, ``scan``, ``stacks``, ``losses``, ``models``, ``dense``, ``optimizers``,
``gradients``, ``training``, ``tasks``, ``sampling``, ``audio``, ``data``), pictures (``figures``)
and people (``panels``, ``exercises``, ``progress``, ``course``, ``saving``). Import the module you
need; this file imports nothing, so that ``import rnn_helpers.cells`` costs NumPy alone.
"""

__version__ = "0.1.0"
