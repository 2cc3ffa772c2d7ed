"""The BentoML service: `bentoml serve` runs it, `bentoml build` packs it. The contract is in pipeline.web."""

import bentoml
from bentoml.exceptions import BentoMLException
from bentoml.models import BentoModel

from pipeline import store
from pipeline.errors import ModelError
from pipeline.model import Model
from pipeline.recognise import Recogniser
from pipeline.web import create_app
from pipeline.web.errors import PlainErrorsAsJson

try:
    # Here and not in __init__, so that `bentoml build` records which model it packs, and so that an empty store
    # is filled once, before the workers start.
    TAG = store.choose()
except ModelError as error:
    raise BentoMLException(str(error)) from error

app = create_app(lambda: DigitService.openapi_spec.asdict())


@bentoml.service(name="digits", traffic={"timeout": 60})
@bentoml.asgi_app(app, path="/")
class DigitService:
    """Reads handwritten digits."""

    model = BentoModel(TAG)

    def __init__(self) -> None:
        app.state.recogniser = Recogniser(Model(self.model.path, str(self.model.tag)))


DigitService.add_asgi_middleware(PlainErrorsAsJson)
