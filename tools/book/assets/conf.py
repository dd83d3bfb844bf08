"""How Sphinx makes the pages of the book: see tools/book/pages.py."""

project = "Recurrent neural networks"
copyright = "the rnn_helpers authors"
extensions = ["myst_nb"]
nb_execution_mode = "off"  # what a notebook stores is what is shown
nb_merge_streams = True
myst_enable_extensions = ["amsmath", "dollarmath"]
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type", "misc.highlighting_failure"]

html_theme = "sphinx_book_theme"
html_title = "Recurrent neural networks"
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # it would fetch pages, which browsers refuse from the disk
html_context = {"default_mode": "auto"}  # light or dark, as the reader's machine is
html_theme_options = {
    "use_download_button": False,
    "navbar_persistent": [],  # the search field stands in the side bar
    "use_fullscreen_button": True,
    "show_navbar_depth": 1,
    "home_page_in_toc": True,
}
mathjax_path = "mathjax/tex-chtml.js"
mathjax_options = {"defer": "defer"}
mathjax3_config = {"options": {"enableMenu": False}}  # its menu would load more scripts
