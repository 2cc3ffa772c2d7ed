"""Whole pages as people write them, with the truth about every pixel: what the eye learns from. Seeded.

bank       digits and letters as distance fields: a pen of any width draws them
layout     glyphs and strokes in heights of a digit; `Hand`, a handwriting, places them
writing    numbers, dates, amounts, letters, drawings, by way of `signs`
furniture  frames, circles, underlines, boxes, combs, windows, tables
kinds      the kinds of page, and how often each is drawn
draw       a layout through a view, on paper, in some light: pixels and owners
legibility whether all digits of a page can be seen
random_page  all of it, at random
"""

from pipeline.data.synthesis.pages.bank import Bank, make_bank
from pipeline.data.synthesis.pages.draw import WRITING, DrawnPage
from pipeline.data.synthesis.pages.random_page import random_page

__all__ = ["WRITING", "Bank", "DrawnPage", "make_bank", "random_page"]
