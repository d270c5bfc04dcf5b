"""Open Sound Control over UDP: requests come in, and what happens is told."""
