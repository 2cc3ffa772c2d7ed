"""The report of an evaluation: a page with diagrams and pictures, and text for a terminal."""
