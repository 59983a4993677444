/** Fingers, mouse, wheel and keys on the strip. */

const LARGE_BOX_S = 0.2;
const CALLIPER_STEP_S = 0.01;
const TOUCH_PX = 5;
const SLOWEST_THROW_PX_PER_MS = 0.05;
const FRICTION_PER_MS = 0.996;
const EASE_MS = 260;

/** Drag to move (and throw), two fingers to magnify, wheel to move; draw with the callipers. */
export function bindGestures(canvas, viewer) {
  const pointers = new Map();
  let pinch = null;
  let speed = 0;
  let moved = 0;
  let lastMove = 0;

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    viewer.settle();
    pointers.set(event.pointerId, event);
    speed = 0;
    moved = 0;
    if (pointers.size === 2) pinch = { gap: gap(pointers), zoom: viewer.zoom };
    if (viewer.callipers.isOn && pointers.size === 1) viewer.callipers.start(...paper(viewer, event));
    else canvas.classList.add("panning");
  });

  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    pointers.set(event.pointerId, event);
    if (pinch && pointers.size === 2) {
      const middle = [...pointers.values()].reduce((sum, each) => sum + each.offsetX, 0) / 2;
      viewer.setZoom((pinch.zoom * gap(pointers)) / pinch.gap, middle);
    } else if (viewer.callipers.isOn) {
      viewer.callipers.moveActive(...paper(viewer, event));
      viewer.tellMeasure();
      viewer.refresh();
    } else {
      const step = event.clientX - before.clientX;
      moved += Math.abs(step);
      speed = 0.7 * speed + (0.3 * step) / Math.max(1, event.timeStamp - before.timeStamp);
      lastMove = event.timeStamp;
      viewer.show(viewer.startS - step / viewer.pxPerS);
    }
  });

  const release = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove("panning");
    if (pinch) pinch = pointers.size ? pinch : null;
    else if (viewer.callipers.isOn) return;
    else if (moved < TOUCH_PX) viewer.touch(event.offsetX, event.offsetY);
    else if (event.timeStamp - lastMove < 60) glide(viewer, speed, pointers);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);

  canvas.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      viewer.setZoom(viewer.zoom * Math.exp(-event.deltaY / 300), event.offsetX);
      return;
    }
    const along = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (!along) return;
    event.preventDefault();
    viewer.show(viewer.startS + along / viewer.pxPerS);
  }, { passive: false });
}

/** Keys on the strip; none of them is needed, each has a button or a slider. */
export function bindKeys(canvas, viewer) {
  const actions = {
    Home: () => viewer.show(0),
    End: () => viewer.show(viewer.durationS),
    n: () => viewer.step(1),
    p: () => viewer.step(-1),
    "+": () => viewer.zoomBy(1),
    "=": () => viewer.zoomBy(1),
    "-": () => viewer.zoomBy(-1),
    0: () => viewer.setZoom(1),
    c: () => viewer.toggleCallipers(),
    w: () => viewer.beats.all.length && viewer.toggleEvidence(),
    s: () => viewer.callipers.swap() ?? viewer.refresh(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    viewer.settle();
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction) moveByKey(viewer, direction, event.shiftKey);
    else if (actions[event.key] ?? actions[event.key.toLowerCase()]) {
      (actions[event.key] ?? actions[event.key.toLowerCase()])();
    } else return;
    event.preventDefault();
  });
}

function moveByKey(viewer, direction, isWide) {
  if (viewer.callipers.isOn && viewer.callipers.legs) {
    const leg = viewer.callipers.legs[viewer.callipers.active];
    viewer.callipers.moveActive(leg.timeS + direction * CALLIPER_STEP_S * (isWide ? 10 : 1), leg.mm);
    viewer.tellMeasure();
    viewer.refresh();
    return;
  }
  const pageS = 0.9 * viewer.shownS;
  const stepS = isWide ? pageS : Math.max(LARGE_BOX_S, viewer.shownS / 40);
  viewer.show(viewer.startS + direction * stepS);
}

/** Go from one value to another, fast at first; `keep` gets the frame to cancel. */
export function ease(from, target, show, keep) {
  const begin = performance.now();
  const frame = (now) => {
    const share = Math.min(1, (now - begin) / EASE_MS);
    show(from + (target - from) * (1 - (1 - share) ** 3));
    if (share < 1) keep(requestAnimationFrame(frame));
  };
  keep(requestAnimationFrame(frame));
}

/** Let thrown paper run out. */
function glide(viewer, pxPerMs, pointers) {
  let speed = pxPerMs;
  let last = performance.now();
  const frame = (now) => {
    const passed = now - last;
    last = now;
    viewer.show(viewer.startS - (speed * passed) / viewer.pxPerS);
    speed *= FRICTION_PER_MS ** passed;
    if (Math.abs(speed) > SLOWEST_THROW_PX_PER_MS && !pointers.size) {
      viewer.gliding = requestAnimationFrame(frame);
    }
  };
  if (Math.abs(speed) > SLOWEST_THROW_PX_PER_MS) viewer.gliding = requestAnimationFrame(frame);
}

function gap(pointers) {
  const [a, b] = [...pointers.values()];
  return Math.max(20, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
}

function paper(viewer, event) {
  const { timeS, mm } = viewer.place(event.offsetX, event.offsetY);
  return [timeS, mm];
}
