// The filter language, which is the same as in ExchangeFilter.swift. A filter is a function of an exchange, or a text that describes the
// problem.
const textKeys = {
  session: e => [e.session], endpoint: e => [e.endpoint], model: e => [e.model], method: e => [e.method], path: e => [e.path],
  step: e => [e.step], fault: e => e.faults, id: e => [e.request_id, e.client_request_id],
};
const numberKeys = { status: e => e.status, ms: e => e.running ? null : spanOf(e), attempt: e => e.attempt, number: e => e.number };
const states = {
  running: e => e.running, unmatched: e => e.unmatched != null, refused: e => e.refusal != null, retried: e => e.attempt > 1,
  faulted: e => e.timeline.some(t => t.what === "fault_delivered"), left: e => e.timeline.some(t => t.what === "peer_gone"),
  warned: e => e.warning != null,
};
const holds = (text, part) => text != null && String(text).toLowerCase().includes(part);

function rangeOf(text, key) {
  if (key === "status" && /^\dxx$/.test(text)) { const n = Number(text[0]) * 100; return [n, n + 99.5]; }
  const [, sign, digits] = /^([<>=]*)(.*)$/.exec(text);
  const n = digits.trim() === "" ? NaN : Number(digits);
  if (!Number.isFinite(n)) throw new Error(`'${text}' is not a number for '${key}'`);
  const tiny = 1e-9 * Math.max(1, Math.abs(n));
  switch (sign) {
    case "": case "=": return [n, n];
    case ">": return [n + tiny, Infinity];
    case ">=": return [n, Infinity];
    case "<": return [-Infinity, n - tiny];
    case "<=": return [-Infinity, n];
    default: throw new Error(`'${sign}' is not a comparison: use >, >=, < or <=`);
  }
}

function testOf(word) {
  const colon = word.indexOf(":");
  if (word.startsWith('"') || colon < 0) {
    const part = word.replaceAll('"', "").toLowerCase();
    return e => Object.values(textKeys).some(read => read(e).some(text => holds(text, part)))
      || [e.unmatched, e.refusal, e.warning].some(text => holds(text, part));
  }
  const key = word.slice(0, colon);
  const values = word.slice(colon + 1).replaceAll('"', "").toLowerCase().split(",").filter(Boolean);
  const keys = [...Object.keys(textKeys), ...Object.keys(numberKeys), "is"];
  if (!keys.includes(key)) throw new Error(`'${key}' is not a key of a filter: use ${keys.join(", ")}`);
  if (!values.length) throw new Error(`'${key}:' has no value`);
  if (textKeys[key]) return e => textKeys[key](e).some(text => values.some(part => holds(text, part)));
  if (numberKeys[key]) {
    const ranges = values.map(value => rangeOf(value, key));
    return e => { const n = numberKeys[key](e); return n != null && ranges.some(([least, most]) => n >= least && n <= most); };
  }
  const unknown = values.find(value => !Object.hasOwn(states, value));
  if (unknown) throw new Error(`an exchange cannot be '${unknown}': use ${Object.keys(states).join(", ")}`);
  return e => values.some(value => states[value](e));
}

function filterOf(text) {
  if ((text.match(/"/g) || []).length % 2) throw new Error("a quotation mark is not closed");
  const words = text.match(/(?:"[^"]*"|[^\s"])+/g) || [];
  const terms = words.map(word => {
    const negated = word.startsWith("-") && word.length > 1;
    const test = testOf(negated ? word.slice(1) : word);
    return e => test(e) !== negated;
  });
  return e => terms.every(term => term(e));
}
