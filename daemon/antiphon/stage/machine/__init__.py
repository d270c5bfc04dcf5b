"""The computer: clock, priority, one instance, log."""
