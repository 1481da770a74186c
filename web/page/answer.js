// The bytes of an answer: decoded for reading, and as a step of a scenario that plays the answer again.
function bytesOf(base64) { return Uint8Array.from(atob(base64), c => c.charCodeAt(0)); }
const latin = bytes => Array.from(bytes, b => String.fromCharCode(b)).join("");

// The head, the body without chunked framing, and the body's text if it is UTF-8. Null if the server has no bytes of the answer.
function decodeAnswer(full) {
  if (!full.answer) return null;
  const bytes = bytesOf(full.answer.base64), end = latin(bytes).indexOf("\r\n\r\n");
  const [line, ...lines] = latin(bytes.subarray(0, end < 0 ? bytes.length : end)).split("\r\n");
  const headers = lines.map(text => { const colon = text.indexOf(":"); return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()]; });
  const header = name => headers.find(([key]) => key === name)?.[1];
  let body = end < 0 ? new Uint8Array() : bytes.subarray(end + 4);
  if (/chunked/i.test(header("transfer-encoding") ?? "")) body = withoutChunks(body);
  let text = null;
  try { text = new TextDecoder("utf-8", { fatal: true }).decode(body); } catch { /* Not text. */ }
  return { bytes, line, headers, header, body, text, cut: full.answer.cut };
}

function withoutChunks(body) {
  const parts = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(10, at), size = parseInt(latin(body.subarray(at, end)), 16);
    if (end < 0 || !(size > 0)) break;
    parts.push(...body.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 2;
  }
  return Uint8Array.from(parts);
}

// Makes every byte visible: a line feed begins a new line; other control characters, and bytes that are not text, are shown as escapes.
function visible(bytes) {
  const text = new TextDecoder("utf-8").decode(bytes);
  const shown = text.replace(/\r/g, "␍").replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return shown.length > 65536 ? `${shown.slice(0, 65536)}\n… ${shown.length - 65536} more characters` : shown;
}

const parsed = text => { try { return JSON.parse(text); } catch { return null; } };
const eventsOf = text => text.split(/\r?\n\r?\n/).map(block => parsed(block.split(/\r?\n/).filter(l => l.startsWith("data:")).map(l => l.slice(5)).join("\n"))).filter(Boolean);

// The output of the model in an answer: text, tool calls, a refusal. Null if no model answered, or if a template would change its text.
function saidIn(answer) {
  if (answer.text == null || answer.cut) return null;
  const isStream = /event-stream/.test(answer.header("content-type") ?? "");
  const said = { text: "", tools: [], refusal: "" };
  const add = (message, index = 0) => {
    said.text += message.content ?? "";
    said.refusal += message.refusal ?? "";
    for (const call of message.tool_calls ?? []) {
      const tool = said.tools[call.index ?? said.tools.length] ??= { name: "", arguments: "" };
      tool.name += call.function?.name ?? "";
      tool.arguments += call.function?.arguments ?? "";
    }
  };
  const output = items => { for (const item of items) {
    if (item.type === "function_call") said.tools.push({ name: item.name, arguments: item.arguments });
    for (const part of item.content ?? []) { said.text += part.type === "output_text" ? part.text : ""; said.refusal += part.refusal ?? ""; }
  } };
  if (isStream) {
    const events = eventsOf(answer.text), completed = events.find(e => e.type === "response.completed");
    if (completed) output(completed.response.output ?? []);
    else if (events.some(e => e.type?.startsWith("response."))) said.text = events.filter(e => e.type === "response.output_text.delta").map(e => e.delta).join("");
    else for (const e of events) if (e.choices?.[0]?.delta) add(e.choices[0].delta);
  } else {
    const json = parsed(answer.text);
    if (json?.choices?.[0]?.message) add(json.choices[0].message); else if (Array.isArray(json?.output)) output(json.output); else return null;
  }
  const tools = said.tools.filter(Boolean).map(tool => ({ name: tool.name, arguments: parsed(tool.arguments) ?? tool.arguments }));
  if (JSON.stringify([said, tools]).includes("{{")) return null;
  if (tools.length) return { ...(said.text ? { text: said.text } : {}), tools };
  if (said.refusal) return { refusal: said.refusal };
  return said.text ? { text: said.text } : null;
}

// The milliseconds between pieces of content, if the stream had a pace.
function paceOf(e) {
  const dues = e.timeline.filter(t => t.what === "accepted" && /^content/.test(t.mark ?? "")).map(t => t.due_ms);
  const gaps = dues.slice(1).map((due, i) => due - dues[i]).sort((a, b) => a - b);
  return gaps.length && gaps[gaps.length >> 1] >= 1 ? Math.round(gaps[gaps.length >> 1]) : null;
}

// A fault of the timeline in the short form of scenarios: `at event 5: reset` becomes `reset at event 5`.
const shortFault = text => text.replace(/^at (.*?): (.*)$/, "$2 at $1");

// The step of a scenario, as an object. Its JSON is also YAML. The problems are returned as sentences for the user.
function stepOf(full) {
  const answer = decodeAnswer(full), step = {}, problems = [];
  const error = answer?.text != null && full.status >= 400 ? parsed(answer.text)?.error : null;
  const said = answer && full.status < 400 ? saidIn(answer) : null;
  if (!answer) {
    problems.push(full.answer_withheld ?? "The server has no bytes of this answer.");
    if (full.status >= 400) step.raw = { status: full.status }; else step.auto = {};
  } else if (error && typeof error === "object") {
    step.error = { status: full.status, ...Object.fromEntries(["type", "code", "param", "message"].filter(key => typeof error[key] === "string").map(key => [key, error[key]])) };
    const seconds = answer.header("retry-after"), ms = answer.header("retry-after-ms");
    if (/^\d+$/.test(ms ?? "")) step.retry_after_ms = `${ms}ms`; else if (/^\d+$/.test(seconds ?? "")) step.retry_after = `${seconds}s`;
  } else if (said) {
    Object.assign(step, said);
    const pace = paceOf(full);
    if (pace) step.stream = { every: `${pace}ms` };
  } else if (answer.bytes.length) {
    if (answer.cut) problems.push("The answer is longer than the bytes that the server keeps: the step ends early.");
    const type = answer.header("content-type");
    step.raw = { status: full.status, ...(type ? { headers: { "content-type": type } } : {}), ...(answer.text != null ? { body: answer.text } : { base64: btoa(latin(answer.body)) }) };
  } else step.silence = true;
  if (full.faults.length) step.faults = full.faults.map(shortFault);
  return { step, problems };
}
