"""What the networks learn from and is evaluated on.

mnist         the IDX files: read, checked, split always in the same way
preprocess    the checked splits as one file and a contact sheet: `python -m pipeline preprocess`
augmentation  random distortions of a batch of digits (distortion: the smooth maps behind them)
synthesis/    pictures drawn by the project itself
eye_examples  views of rendered pages, with what the eye should say of each pixel
page_examples candidates as they are found on rendered pages, with what each truly is
examples      all of these put together: what training sees, what thresholds are chosen on
"""
