"""`antiphon panel`."""
