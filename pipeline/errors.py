"""Every refusal this project makes: what came, what was expected, what to do."""


class DigitsError(Exception):
    """Base of all expected failures; the command line prints it as one line and exits 1.

    `code` and `status` are what the HTTP service answers for it.
    """

    code = "error"
    status = 500


class DataError(DigitsError):
    """A data file is missing, damaged or not what its name says."""


class ModelError(DigitsError):
    """A model is missing, damaged or cannot be stored."""

    code = "no_model"
    status = 503


class BelowThresholds(DigitsError):
    """A trained model that is not good enough to be stored."""


class BadRequest(DigitsError):
    """A request that cannot be understood (400)."""

    code = "bad_request"
    status = 400


class NotAPicture(BadRequest):
    """Bytes that do not decode as one of the accepted picture formats (400)."""

    code = "not_a_picture"


class ForeignSite(DigitsError):
    """A request that a web site sends which may not (403)."""

    code = "foreign_site"
    status = 403


class TooSlow(DigitsError):
    """A request whose body does not arrive in time (408)."""

    code = "too_slow"
    status = 408


class TooLarge(DigitsError):
    """More bytes or pixels than the stated limit (413)."""

    code = "too_large"
    status = 413


class WrongType(DigitsError):
    """A content type that the endpoint does not take (415)."""

    code = "wrong_type"
    status = 415


class WrongShape(DigitsError):
    """Well-formed input of the wrong shape, count or range (422)."""

    code = "wrong_shape"
    status = 422


class Busy(DigitsError):
    """The service has as many requests in hand as it can take (503, with Retry-After)."""

    code = "busy"
    status = 503

    def __init__(self, message: str, retry_after: int = 1):
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class FeedbackUnavailable(Busy):
    """The database of corrections is down, slow or locked (503, with Retry-After)."""

    code = "feedback_unavailable"


class FeedbackFull(Busy):
    """As many corrections are kept as may be (503, with Retry-After)."""

    code = "feedback_full"


class FeedbackOff(DigitsError):
    """A service that keeps no corrections (404)."""

    code = "feedback_off"
    status = 404


class NoCorrection(DigitsError):
    """No correction has the id that was given (404)."""

    code = "no_correction"
    status = 404


class ServiceDown(DigitsError):
    """No service answers at the address the client was given."""

    code = "service_down"
    status = 503
