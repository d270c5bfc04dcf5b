"""What the terminal shows and what the log says of a performance."""
