"""Critics: what tells a bundle's answers from what songs go on with."""
