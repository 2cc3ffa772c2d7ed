"""Pictures that the project draws itself, all from seeds.

rendering/  MNIST's digits as photographs, scans, drawings and tiny bitmaps, with known truth
pages/      whole pages of digits with all that stands beside, around and against them, and whose ink is where
styles/     digits in other people's handwriting styles, drawn from glyph templates
alterations MNIST's own digits with slashes, flags, feet and bars
nondigits   what is no digit, put together: glyphs (letters and signs), scribbles (doodles, drawings), stains
polylines, shapes   what strokes are made of; distances and skeletons of binary shapes
"""
