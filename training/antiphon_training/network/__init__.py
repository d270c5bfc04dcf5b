"""The networks and the Keras files that hold them."""
