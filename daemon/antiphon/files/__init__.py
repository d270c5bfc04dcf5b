"""Files read and written whole, the memory's file, and two drawings of a piano roll."""
