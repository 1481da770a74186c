#!/usr/bin/env python3
"""Runs the flows of real programs with the official Python client against a bare server, and prints the output that a user gets.

    flows.py [--binary PATH] [FLOW…]

Needs a Python with `openai[realtime]`. Prints a table in Markdown, one row for each flow; an exception is shown by its type and message.
The exit code is 1 if a flow that should work raised one. The server runs twice: bare, and with `--retired serve`.
"""

import argparse
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import wave

import openai
import pydantic

warnings.simplefilter("ignore", DeprecationWarning)
ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = "gpt-4o-mini"
WEATHER = {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False,
}
CHAT_TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": WEATHER}}]
TOOLS = [{"type": "function", "name": "weather", "parameters": WEATHER}]
FLOWS = {}


def flow(title, retired=False):
    def add(function):
        FLOWS[function.__name__] = (title, retired, function)
        return function

    return add


def failing(function):
    """The output that a user gets from a call that is expected to fail."""
    try:
        return f"no error: {function()!r:.80}"
    except openai.APIStatusError as error:
        return f"{type(error).__name__} {error.status_code}: {error.message}"[:160]


@contextlib.contextmanager
def server(binary, *options):
    with tempfile.TemporaryDirectory() as folder:
        ready = pathlib.Path(folder) / "ready"
        process = subprocess.Popen([binary, "serve", "--port", "0", "--quiet", "--ready-file", ready, *options], cwd=folder)
        try:
            while not (ready.exists() and ready.read_text().strip()):
                if process.poll() is not None:
                    sys.exit("flows: the server did not start")
                time.sleep(0.05)
            yield ready.read_text().strip()
        finally:
            process.terminate()
            process.wait()


@flow("chat with tools: `auto`, `required`, results, stream")
def chat(c):
    talk = [{"role": "user", "content": "What is the weather in Bonn?"}]
    auto = c.chat.completions.create(model=MODEL, messages=talk, tools=CHAT_TOOLS).choices[0]
    asked = c.chat.completions.create(model=MODEL, messages=talk, tools=CHAT_TOOLS, tool_choice="required").choices[0]
    calls = asked.message.tool_calls
    talk += [asked.message, *({"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in calls)]
    with c.chat.completions.stream(model=MODEL, messages=talk, tools=CHAT_TOOLS) as stream:
        kinds = {event.type for event in stream}
        last = stream.get_final_completion().choices[0]
    return f"{auto.finish_reason}; {len(calls)} call {calls[0].function.arguments}; then {last.finish_reason}, {len(kinds)} kinds of events"


@flow("responses: stream, tools and a conversation")
def responses(c):
    conversation = c.conversations.create()
    with c.responses.stream(
        model=MODEL, input="Weather?", tools=TOOLS, tool_choice="required", conversation=conversation.id
    ) as stream:
        kinds = [event.type for event in stream]
        call = stream.get_final_response().output[0]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    final = c.responses.create(model=MODEL, input=[result], tools=TOOLS, conversation=conversation.id)
    items = [item.type for item in c.conversations.items.list(conversation.id, order="asc")]
    return f"{kinds[0]} … {kinds[-1]}, {final.output[0].type}; the conversation has {', '.join(items)}"


@flow("a background response with `background_options`, polled")
def background(c):
    made = c.responses.create(
        model=MODEL, input="Hello", background=True, background_options={"completion_window": "2h"})
    seen = [made.status]
    while seen[-1] in ("queued", "in_progress"):
        time.sleep(0.1)
        status = c.responses.retrieve(made.id).status
        seen += [status] if status != seen[-1] else []
    return " → ".join(seen)


@flow("`parse` of chat and responses")
def parse(c):
    class City(pydantic.BaseModel):
        name: str
        districts: list[str]

    talk = [{"role": "user", "content": "A city"}]
    one = c.chat.completions.parse(model=MODEL, messages=talk, response_format=City).choices[0].message.parsed
    two = c.responses.parse(model=MODEL, input="A city", text_format=City).output_parsed
    return f"{one!r}; {two!r}"


@flow("2,048 embeddings, and 2,049")
def embeddings(c):
    made = c.embeddings.create(model="text-embedding-3-small", input=["a"] * 2048).data
    more = failing(lambda: c.embeddings.create(model="text-embedding-3-small", input=["a"] * 2049))
    return f"{len(made):,} × {len(made[0].embedding):,}; {more}"


@flow("a batch of 20 lines")
def batch(c):
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}
    lines = [
        json.dumps({"custom_id": str(number), "method": "POST", "url": "/v1/chat/completions", "body": body})
        for number in range(20)
    ]
    file = c.files.create(file=("lines.jsonl", "\n".join(lines).encode()), purpose="batch")
    made = c.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    seen = [made.status]
    while seen[-1] not in ("completed", "failed", "expired", "cancelled"):
        time.sleep(0.02)
        made = c.batches.retrieve(made.id)
        seen += [made.status] if made.status != seen[-1] else []
    count = len(c.files.content(made.output_file_id).text.splitlines())
    return f"{' → '.join(seen)}, {count} lines"


@flow("an upload in five parts")
def upload(c):
    part = bytes(4 << 20)
    begun = c.uploads.create(filename="a.jsonl", bytes=5 * len(part), mime_type="application/jsonl", purpose="batch")
    parts = [c.uploads.parts.create(begun.id, data=part).id for _ in range(5)]
    done = c.uploads.complete(begun.id, part_ids=parts)
    return f"{done.status}, a file of {done.file.bytes:,} bytes"


@flow("transcription as a stream, and speech in the default format")
def audio(c):
    data = io.BytesIO()
    with wave.open(data, "wb") as sound:
        sound.setnchannels(1), sound.setsampwidth(2), sound.setframerate(16_000), sound.writeframes(bytes(32_000))
    events = c.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.wav", data.getvalue()), stream=True)
    kinds = [event.type for event in events]
    spoken = c.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input="Hello").read()
    return f"{kinds[0]} … {kinds[-1]}; {len(spoken):,} bytes of mp3"


@flow("moderation")
def moderation(c):
    made = c.moderations.create(model="omni-moderation-latest", input=["hello", "I will kill you"]).results
    return ", ".join("flagged" if each.flagged else "not flagged" for each in made)


def run_assistant(c):
    assistant = c.beta.assistants.create(model=MODEL)
    thread = c.beta.threads.create(messages=[{"role": "user", "content": "Hi"}])
    return c.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=50).status


@flow("an assistant's run")
def assistant(c):
    return failing(lambda: run_assistant(c))


@flow("the same with `--retired serve`", retired=True)
def assistant_served(c):
    return run_assistant(c)


@flow("a vector store with a batch of files, search and `file_search`")
def store(c):
    made = c.vector_stores.create(name="docs")
    files = [("cats.txt", b"Cats sleep."), ("dogs.txt", b"Dogs bark.")]
    batch = c.vector_stores.file_batches.upload_and_poll(made.id, files=files, poll_interval_ms=50)
    found = c.vector_stores.search(made.id, query="Which animal barks?").data
    answer = c.responses.create(
        model=MODEL, input="Dogs?", tools=[{"type": "file_search", "vector_store_ids": [made.id]}], tool_choice="required")
    return f"{batch.status}, {batch.file_counts.completed} files; first: {found[0].filename}; {', '.join(item.type for item in answer.output)}"


@flow("images: whole, streamed, and hosted tools that `tool_choice` wants")
def images(c):
    whole = c.images.generate(model="gpt-image-2", prompt="a cat").data[0].b64_json
    stream = c.images.generate(model="gpt-image-2", prompt="a cat", stream=True, partial_images=1)
    kinds = [event.type.removeprefix("image_generation.") for event in stream]
    types = ["web_search", "code_interpreter", "image_generation"]
    made = [
        c.responses.create(
            model="gpt-5.1", input="x", tool_choice={"type": each},
            tools=[{"type": each, **({"container": {"type": "auto"}} if each == "code_interpreter" else {})}])
        for each in types
    ]
    return f"{len(whole):,} characters of PNG; {', '.join(kinds)}; {', '.join(answer.output[0].type for answer in made)}"


@flow("Responses and Realtime over a WebSocket")
def sockets(c):
    with c.responses.connect() as connection:
        connection.response.create(model=MODEL, input="Hello")
        first = next(event.type for event in connection if event.type in ("response.completed", "error"))
    with c.realtime.connect(model="gpt-realtime") as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        connection.response.create()
        last = next(event for event in connection if event.type in ("response.done", "error"))
    return f"{first}; {last.type} {last.response.status}"


@flow("Azure: chat, embeddings, images")
def azure(c):
    root = str(c.base_url).removesuffix("/v1/")
    a = openai.AzureOpenAI(azure_endpoint=root, api_key="x", api_version="2024-10-21", max_retries=0)
    talk = [{"role": "user", "content": "Hi"}]
    said = a.chat.completions.create(model=MODEL, messages=talk).choices[0].finish_reason
    size = len(a.embeddings.create(model="text-embedding-3-small", input="a").data[0].embedding)
    image = a.images.generate(model="gpt-image-2", prompt="a cat").data[0].b64_json
    return f"{said}; {size:,}; {'a PNG' if image else 'no image'}"


@flow("a video")
def video(c):
    return failing(lambda: c.videos.create_and_poll(prompt="a cat", model="sora-2"))


@flow("the same with `--retired serve`", retired=True)
def video_served(c):
    return c.videos.create_and_poll(prompt="a cat", model="sora-2", poll_interval_ms=50).status


@flow("a session of agents")
def agents(c):
    agent = c.beta.agents.create(model="gpt-6-sol", name="helper")
    session = c.beta.agents.sessions.create(agent_id=agent.id, environment={"type": "none"})
    listed = [each.id for each in c.beta.agents.sessions.list()]
    return f"{session.status}; {'listed' if session.id in listed else 'not listed'}"


@flow("a model that is newer than the table")
def models(c):
    talk = [{"role": "user", "content": "Hi"}]
    one = c.chat.completions.with_raw_response.create(model="gpt-6.3-sol", messages=talk)
    return f"{one.http_response.status_code}, x-sparring-warning: {one.headers.get('x-sparring-warning', 'none')}"[:160]


def play(function, url, rows, title):
    client = openai.OpenAI(base_url=url, api_key="sk-sparring", max_retries=0, timeout=60)
    try:
        seen, is_fine = function(client), True
    except Exception as error:
        seen, is_fine = f"**{type(error).__name__}: {error}**"[:200], False
    rows.append((title, seen.replace("|", "\\|").replace("\n", " "), is_fine))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flows", nargs="*", metavar="FLOW", help=f"default: all ({', '.join(FLOWS)})")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/debug/sparring")
    options = parser.parse_args()
    rows, binary = [], options.binary.absolute()
    with server(binary) as bare, server(binary, "--retired", "serve") as retired:
        for name in options.flows or FLOWS:
            title, is_retired, function = FLOWS[name]
            # Each flow runs in a thread of its own, so that a call that never ends does not stop the other flows.
            thread = threading.Thread(target=play, args=(function, retired if is_retired else bare, rows, title), daemon=True)
            thread.start()
            thread.join(120)
            if thread.is_alive():
                rows.append((title, "**never ends**", False))
    print("| flow | what the program gets |\n|---|---|")
    for title, seen, _ in rows:
        print(f"| {title} | {seen} |")
    sys.exit(0 if all(is_fine for *_, is_fine in rows) else 1)


if __name__ == "__main__":
    main()
