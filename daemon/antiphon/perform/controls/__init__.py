"""What control changes, pedals and buttons mean."""
