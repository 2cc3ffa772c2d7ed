"""What the two pages share, so that they are one product: words, palette, header, and the parts that scripts draw.

    words      an Answer, a Number or a refusal in words for people
    feedback   corrections: which are taken, and why one is not kept
    frame      header and footer, with links between the pages
    static/    the palette and type of both pages, their icon, and modules of JavaScript without dependencies

It knows no framework: each page serves `STATIC` in its own way and puts the HTML where it belongs.
"""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
