"""An Answer, a Number or a refusal in words for people: the same words on both pages."""

import re
from typing import NamedTuple

from pipeline.answer import Answer, Number, percentage
from pipeline.errors import DigitsError

NOT_READ = "×"  # marks a box of unread writing, where a digit would stand
# Lengths alone, no second percentage beside the confidence: what is no digit has no part in this comparison.
BARS = "Compared among the ten digits"


class Words(NamedTuple):
    """What is said of an answer; each part may be empty."""

    large: str = ""
    """What was read: "7", "7?" when unsure, the lines of a number."""
    title: str = ""
    detail: str = ""


def answer_words(answer: Answer) -> Words:
    confidence = f"Confidence {percentage(answer.confidence)}"
    match answer.status:
        case "digit":
            return Words(short(answer), detail=_joined(confidence, answer.message))
        case "unsure":
            return Words(short(answer), f"Probably {answer.digit}, but not sure", _joined(confidence, answer.message))
        case "blank":
            return Words(title="Nothing to read", detail=answer.message or "There is no ink.")
        case _:
            return Words(title="This is not a digit", detail=_several_words(answer) or answer.message or "")


# As pipeline.recognition.decide.SEVERAL says it, which may be known to no page; a test holds them together.
SEVERAL = re.compile(r"There seem to be several digits: (\d+)\.")


def several_digits(answer: Answer) -> str:
    """The digits of a picture that holds more than one where one was asked for, "42", else nothing."""
    found = SEVERAL.match(answer.message or "") if answer.status == "not_a_digit" else None
    return found[1] if found else ""


def _several_words(answer: Answer) -> str:
    digits = several_digits(answer)
    return f"There seem to be several digits: {digits}. Read them as a number, or one alone." if digits else ""


def number_words(number: Number) -> Words:
    if number.status == "blank":
        return Words(title="Nothing to read", detail=number.message or "There is no ink.")
    if number.status == "not_a_number":
        return Words(title="This is not a number", detail=number.message or "")
    lowest = f"Lowest confidence {percentage(min(digit.confidence for digit in number.digits))}"
    if number.status == "number":
        return Words("\n".join(number.lines), detail=_joined("All digits are sure.", lowest))
    return Words("\n".join(number.lines), "Not sure of this number", _joined(number.message, lowest))


def short(answer: Answer) -> str:
    """One answer where there is little room: "7", "7?" when unsure, "blank", "not a digit"."""
    if answer.digit is None:
        return answer.status.replace("_", " ")
    return f"{answer.digit}" if answer.status == "digit" else f"{answer.digit}?"


def short_number(number: Number) -> str:
    """One number where there is little room: "4071", "4071?" when unsure, "blank", "not a number"."""
    if not number.digits:
        return number.status.replace("_", " ")
    return f"{number.text}?" if number.status == "unsure" else number.text


def unread_words(number: Number, outlined: bool) -> str:
    """What is said of a number's unread boxes, where there are any; `outlined` tells whether they are shown."""
    count = len(number.unread)
    places = "1 place" if count == 1 else f"{count} places"
    where = f", outlined with dots and marked {NOT_READ} in the picture" if outlined else ""
    return f"Not read at {places}{where}: something is written there, but no digit was recognised in it."


class Failure(NamedTuple):
    """Why there is no answer."""

    title: str
    detail: str
    retry: bool
    """Whether the same may be read a moment later."""


# What the service reads of one picture (pipeline.recognition.decode); a test holds them equal.
MOST_MEBIBYTES = 20
MOST_MEGAPIXELS = 64
ONE_PICTURE = f"{MOST_MEBIBYTES} MiB and {MOST_MEGAPIXELS} megapixels"

# By the service's `code`; the rest, what is wrong with a picture, is said as it came, but for what PLAIN replaces.
FAILURES = {
    "service_down": Failure("The digit service is down", "Your picture is kept and read when it is back.", True),
    "busy": Failure("Many are asking at the moment", "Your picture is kept and read in a moment.", True),
    "too_often": Failure("Many pictures came in a short time", "Your picture is kept and read in a moment.", True),
    "no_model": Failure("The digit service is not ready", "Your picture is kept and read when it is.", True),
    "too_slow": Failure("The connection is too slow", "Your picture did not arrive in time. Try again.", True),
    "internal": Failure(
        "No answer to this picture", "The digit service failed on it. Save it anew and try again.", True
    ),
    "too_large": Failure(
        "This picture is too large",
        f"At most {ONE_PICTURE} are read. Make it smaller, or cut out the part with the digits.",
        False,
    ),
    "no_key": Failure("The digit service does not know this page", "Whoever runs it has to give it a key.", False),
}
# Of what the service says to developers about a picture, the words for people.
PLAIN = (
    (r"^These [\d,]+ bytes are not a picture in a format that is read\.", "This is not a picture that is read."),
    (r"^The picture is empty \(0 bytes\)\. .*", "The file is empty. Choose another, or save the picture again."),
    (r"^The picture is broken or truncated \(.*\)\.", "The picture is damaged, or part of it is missing."),
)
HEIC = (".heic", ".heif")
HEIC_REMEDY = "If it is a photo of an iPhone, send it as JPEG: Settings, Camera, Formats, Most Compatible."


def failure_words(error: DigitsError, file: str = "") -> Failure:
    """Why there is no answer; the name of the `file`, where it has one, may tell what to do about it."""
    known = FAILURES.get(error.code)
    if known:
        return known
    if error.status == 429 or error.status >= 500:
        return Failure("No answer at the moment", "Something is wrong with the digit service. Try again.", True)
    detail = f"{error}"
    for said, plain in PLAIN:
        detail = re.sub(said, plain, detail, flags=re.DOTALL)
    if detail != f"{error}" and file.lower().endswith(HEIC):
        detail = f"{detail} {HEIC_REMEDY}"
    return Failure("This picture was not read", detail, False)


def _joined(*sentences: str | None) -> str:
    return " ".join(filter(None, sentences))
