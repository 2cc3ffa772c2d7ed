"""Five other ways to serve digits, each set up as its own documentation says; all answer {"digit": …} to a form.

starlette_own     Starlette, uvicorn, uvloop and httptools around this project's recogniser
starlette_naive   the same around the usual recipe: grey, 28×28, the network
bento_stock       BentoML with a typed PIL endpoint around the usual recipe
litserve_naive    LitServe around the usual recipe
flask_keras       Flask and waitress around `keras.predict`: what most people do
"""
