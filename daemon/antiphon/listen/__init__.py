"""What was played becomes one voice on the grid, in C major or A minor. Pure."""
