"""The commands: each reads its options, asks the rooms to do the work, and says what came of it."""
