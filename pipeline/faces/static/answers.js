// An Answer of the service in numbers.

/** A probability 0 to 1 in whole percent; never "100 %" nor "0 %". */
export function percent(probability) {
  const whole = Math.round(100 * probability);
  if (whole >= 100) return "> 99 %";
  return whole <= 0 ? "< 1 %" : `${whole} %`;
}

/** How likely an Answer holds that digit; where it says that there is none, it does not. */
export function likelihood(answer, digit) {
  if (answer.digit === null) return 0;
  return answer.digit === digit ? answer.confidence : answer.probabilities[digit];
}
