"""The panels and exercises of ``05_vanishing_gradients``."""
