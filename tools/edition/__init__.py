"""What the teacher's edition and the checks of the paths through the course are made of.

``sections`` cuts a notebook at its headings, ``minutes`` estimates how long each takes, ``needs``
finds what a section needs of one that was left out.
"""
