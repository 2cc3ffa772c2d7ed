"""Stands in for what keeps corrections, where a page is handed one."""


class FakeKeeper:
    """Remembers what it was given; raises `error` where there is one."""

    ID = "0123456789abcdef" * 2

    def __init__(self):
        self.given, self.error = [], None

    def correct(self, picture, correction, box=None, *, address=None):
        self.given.append((picture.read(), correction, box, address))
        if self.error:
            raise self.error
        return self.ID

    def withdraw(self, id):
        self.given.append(id)
        if self.error:
            raise self.error
