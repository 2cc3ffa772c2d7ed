"""The sketchpad: draw a digit in the browser and see what is read, while drawing. `python -m ui` starts it."""
