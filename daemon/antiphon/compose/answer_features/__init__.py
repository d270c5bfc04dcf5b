"""What can be measured of an answer and the phrase before it: features for a critic."""
