const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A count, or a rate: small ones with a tenth. */
export function number(value) {
  if (value === undefined || value === null) return "–";
  return (Math.abs(value) < 100 ? TENTHS : WHOLE).format(value);
}

/** A number and its noun. */
export function counted(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** Milliseconds in the unit that reads best. */
export function span(ms) {
  if (ms === undefined || ms === null) return "–";
  if (ms < 1) return `${TENTHS.format(ms)} ms`;
  if (ms < 1000) return `${WHOLE.format(ms)} ms`;
  if (ms < 60_000) return `${TENTHS.format(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
  return `${Math.floor(ms / 86_400_000)} days`;
}

/** The time of day with milliseconds; with the day where it is another one. */
export function time(iso) {
  const at = new Date(iso);
  const clock = at.toLocaleTimeString("en-GB", { hour12: false });
  const ms = String(at.getMilliseconds()).padStart(3, "0");
  const day = at.toDateString() === new Date().toDateString() ? "" : `${day10(at)} `;
  return `${day}${clock}.${ms}`;
}

function day10(at) {
  const two = (n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function ago(iso) {
  return span(Math.max(0, Date.now() - new Date(iso).getTime()));
}

export function bytes(count) {
  if (count === undefined || count === null) return "–";
  if (count < 10_000) return `${WHOLE.format(count)} bytes`;
  return count < 10_485_760 ? `${WHOLE.format(count / 1024)} KiB` : `${WHOLE.format(count / 1_048_576)} MiB`;
}
