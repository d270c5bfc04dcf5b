"""Symbols in, symbols out: the codec, the model and the draw. Pure (numpy)."""
