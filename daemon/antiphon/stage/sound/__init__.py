"""Makes what is played audible: samples, a mixer, and a process of its own for the sound device."""
