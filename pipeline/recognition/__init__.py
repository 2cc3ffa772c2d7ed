"""From a picture's bytes to an answer."""
