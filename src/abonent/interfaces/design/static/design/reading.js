// Counts consumption and cost while a reading is typed. It only adds: the server counts
// again and decides. Whole numbers all the way (BigInt), so no sum is off by a kopeck.
(() => {
  const space = "\u00a0";
  const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, space);
  const pick = (box, selector) => box.querySelector(selector);

  // "7.28" with 4 decimals is 72800n; null when it is no number.
  const scaled = (text, decimals) => {
    const match = /^(\d+)(?:[.,](\d*))?$/.exec(text.replace(/\s/g, ""));
    if (!match || (match[2] || "").length > decimals) return null;
    return BigInt(match[1] + (match[2] || "").padEnd(decimals, "0"));
  };

  const typed = (black, red, decimals) => {
    const text = black.value.replace(/\s/g, "");
    if (!red || !red.value) return red && !/[.,]\d/.test(text) ? null : scaled(text, decimals);
    if (red.value.length !== decimals) return null;
    return scaled(`${text.replace(/[.,]$/, "")}.${red.value}`, decimals);
  };

  const show = (box, black, red) => {
    const { was, price, times, frac } = box.dataset;
    const decimals = Number(frac);
    const value = typed(black, red, decimals);
    const before = was === undefined ? null : scaled(was, Math.max(decimals, 3));
    const extra = 10n ** BigInt(Math.max(decimals, 3) - decimals);
    const used = value === null || before === null ? null : value * extra - before;
    const known = used !== null && used >= 0n;
    const output = pick(box, "output");
    output.previousElementSibling.hidden = output.hidden = !known;
    const ask = pick(box, ".reading-ask");
    if (ask) ask.hidden = !(black.value && red && !red.value && value === null);
    const cost = pick(box, ".reading-cost");
    const rate = price === undefined ? null : scaled(price, 6);
    cost.hidden = !known || rate === null;
    if (!known) return;
    const digits = (used / extra).toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    const rest = decimals ? digits.slice(-decimals) : "";
    const wheels = output.querySelectorAll("b");
    wheels[0].textContent = whole;
    if (wheels[1]) wheels[1].textContent = rest;
    pick(output, ".unseen").textContent = rest ? `${whole},${rest}` : whole;
    if (cost.hidden) return;
    const unit = 10n ** BigInt(Math.max(decimals, 3));
    const one = 10n ** 6n;
    const factor = times === undefined ? one : scaled(times, 6);
    // Kopecks, halves up: roubles with 6 decimals by a factor with 6 decimals by the volume.
    const full = used * rate * factor * 100n;
    const per = unit * one * one;
    const kopecks = ((full * 2n + per) / (per * 2n)).toString().padStart(3, "0");
    pick(cost, "b").textContent = `${group(kopecks.slice(0, -2))},${kopecks.slice(-2)}${space}₽`;
  };

  const moveOn = (black, red) => {
    const match = /^([\d\s]*)[.,](\d*)$/.exec(black.value);
    if (!red || !match) return;
    // «122,73» stays where it is: on the wheels two digits of three would be a question.
    // Red digits that stand there already give way only to a whole new fraction.
    if ((match[2] || red.value) && match[2].length !== red.maxLength) return;
    black.value = match[1];
    red.value = match[2];
    red.focus();
  };

  for (const box of document.querySelectorAll(".reading[data-int]")) {
    const [black, red] = box.querySelectorAll(".dial-now input");
    box.addEventListener("input", (event) => {
      if (event.target === black) moveOn(black, red);
      show(box, black, red);
    });
    if (black.value) show(box, black, red);
  }
})();
