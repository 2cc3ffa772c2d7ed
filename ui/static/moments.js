// Replay: the drawing's time, and what was read along it. The paper shows the drawing as it was.

import { showReplay } from "../faces/replay.js";
import { make } from "../faces/pixels.js";
import { Film, answersTo, atRest } from "./fold.js";
import { paint } from "./paint.js";

const MOMENTS = 16; // in one request; the last is all of it
const LONGEST_PAUSE_MS = 400; // between strokes, of which a replay shows no more
const SHORTEST_PAUSE_MS = 60;
const WAITING = "When the pen rests: how the answer came about while you drew.";

export function showMoments(pad, fold) {
  const film = new Film(pad, fold);
  const chart = make("div");
  const root = make("div", "replay");
  root.append(film.copy, chart);
  fold.say(WAITING);
  const show = async (reply, current) => {
    const { visible } = pad.drawing;
    if (!visible.some(({ points }) => points)) return fold.say(visible.length ? "A picture has no time." : WAITING);
    const { spans, end } = timeOf(visible);
    const times = Array.from({ length: MOMENTS }, (_, k) => Math.round((end * k) / (MOMENTS - 1)));
    if (end < MOMENTS) return fold.say("It took no time to draw.");
    const found = await answersTo(pad, times.map((time) => until(spans, time)), current);
    if (!found || fold.failed(found)) return;
    const known = found.answers.map(({ error }) => !error);
    fold.here.replaceChildren(root);
    film.show(visible, paint);
    film.hide(); // on the paper it lies already
    showReplay(chart, {
      times: times.filter((_, k) => known[k]),
      answers: found.answers.filter((_, k) => known[k]),
      onSeek: (time) => {
        if (!current()) return;
        film.show(until(spans, time), paint);
        if (time >= end) film.hide();
      },
    });
  };
  atRest(pad, fold, { show, hide: () => film.hide() });
}

/** When each entry began, in ms from the first, long pauses cut short; a picture was there before. */
function timeOf(entries) {
  let end = 0;
  let before = null; // when the stroke before was left
  const spans = entries.map((entry) => {
    if (!entry.points) return { entry, start: 0 };
    const pause = before === null ? 0 : Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, entry.began - before));
    const start = end + pause;
    const length = entry.points.at(-1)[2];
    before = entry.began + length;
    end = start + length;
    return { entry, start };
  });
  return { spans, end };
}

function until(spans, time) {
  return spans
    .map(({ entry, start }) => (entry.points ? { ...entry, points: entry.points.filter(([, , ms]) => start + ms <= time) } : entry))
    .filter(({ points }) => !points || points.length > 0);
}
