"""What was played in this session, and how much of it returns."""
