"""Networks are trained."""
