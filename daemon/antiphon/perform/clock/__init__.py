"""Where the bars are: our own grid, or the one that another clock gives."""
