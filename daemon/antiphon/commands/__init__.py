"""The commands: each reads its options, has the work done, and says what came of it."""
