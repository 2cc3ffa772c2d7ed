"""A picture's bytes to an Answer or a Number, in steps that can each be read alone.

    bytes --decode--> Picture --segment, eye_reading--> [Candidate] --classify--> [Classified]
          --evidence, verifier--> the same with P(exactly one digit) --select, decide--> Answer | Number

    recogniser          the steps, one after the other: what serves, what evaluation measures
    proposals           all candidates of a page, classified, with what is known of each: what the verifier learns from
    decode              any picture file to upright RGB pixels, within limits, by way of:
      file_kinds          what is no picture, by name
      frames              the frames or pages of a file, one by one
      bare, exif          what a file carries beside its picture goes; which way is up
      tiff, tiff_fax      pages of TIFF, by decoders that can be relied on
      heif                HEIC, by libheif
      damage              what is left of a file that is cut off
    segment             pixels to candidates by connected components, by way of:
      page_detection      the table around a page goes
      ink                 how much ink each pixel holds, by what may be the ink: the likeliest first
      panels              light ink in dark panels: the windows of a meter, a sticker
      ruled_lines         ruled and squared paper goes
      components          connected components of ink
      foreground          those of the pen's strength; specks, edges and shadows go
      layout              strokes to characters, characters to lines of writing
      over_segmentation   a line in every way it may be cut into digits
      cuts                where that may be: paths of any slant that cross little ink
      fit                 a candidate to 28×28, as MNIST's digits were made
    candidates          what segment and the eye find and decide chooses from
    model, calibration  (n, 28, 28) to probabilities and P(digit), in one batch
    eye_reading         what the eye sees: candidates of its own, other writing, whose all the ink is, by way of:
      views               ink and grey, shrunk so that thin strokes stay
      eye                 the network that says where ink of digits is, other writing, and the digits' centres
      find                looks at the whole page and, where digits are small, closer
      pieces              whose ink is whose: each pixel to a digit's centre, or to other writing
      extract             the ink of one digit, as strong as its strokes
      reading_order       boxes to lines of writing
    evidence            a row of figures for each candidate: what classifier, eye and neighbours say of it
      relations           of these, how it stands to those that it shares ink with
      explanations        and how well all of that ink can be read, with it and without
    verifier            the boosted trees that make of a row how likely the candidate is exactly one digit
    selection           the likeliest set of candidates that share no ink: pure
    decide              what is chosen to an answer: pure, its thresholds in DecisionOptions
    number_status       whether a Number may be relied on, and a sentence that says why not
    explain             an Answer, and how the network came to it, for those who ask, by way of:
      layers              what each layer says
      onnx_file           the network's file: its layers and weights
      occlusion           what hiding parts of the digit changes
    stages              each stage as a picture, for people: `python -m pipeline look`
    encode              pixels to a PNG file

Knows `answer`, `explanation` and `errors` alone.
"""
