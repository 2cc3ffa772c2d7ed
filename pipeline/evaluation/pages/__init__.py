"""Pages with something beside, around or against the digits, and how they are read.

    digits --ink, signs, line--> what a pen wrote --around, forms, numbers, photographs--> page --look--> picture

`kinds` lists the kinds of page and draws one; `outcomes` says how pages were read. They are drawn without the code that
draws the pages of training, which they are to judge. A new kind is a row of `kinds.KINDS`.
"""
