"""The course as a book: pages to read and slides to show, with no kernel and no network.

``make_book.py`` beside this folder builds it. What lies here: ``run`` runs a notebook up to its
last panel, ``ahead`` draws a panel's settings ahead, ``media`` keeps pictures and sounds, ``cells``
puts into a notebook what works without a kernel, ``cut`` divides it into slides, ``speaking`` gives
these the teacher's notes, ``pages`` and ``slides`` hand it to Sphinx and to nbconvert, ``offline``
copies what a browser needs.
"""
