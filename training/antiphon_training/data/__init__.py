"""Songs become a prepared data set."""
