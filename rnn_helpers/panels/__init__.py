"""Live panels: sliders beside a picture of a network that is computed anew at every move.

``engine`` holds what all panels share, ``predict`` the questions to answer before a cell is run,
and every other module the panels of the notebook that it is named after.
"""
