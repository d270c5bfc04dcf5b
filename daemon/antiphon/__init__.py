"""Antiphon: you play a phrase, it answers, live, in your key and on your beat."""

import os

# A step of the model is a few small products: shared among threads they take longer, and on a busy machine a
# hundred times longer. To be said before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("VECLIB_MAXIMUM_THREADS", "1")
