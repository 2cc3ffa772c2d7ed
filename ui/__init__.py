"""The sketchpad: draw a digit in the browser and see what the service reads, while drawing. `python -m ui` starts it."""
