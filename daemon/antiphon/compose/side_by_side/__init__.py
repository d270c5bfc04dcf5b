"""Several melodies are stepped side by side: the network, the memory, and the candidates for an answer."""
