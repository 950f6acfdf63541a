"""One TLS connection with Python's ssl: standard input goes to the server, its answer to standard output, and what was
agreed on to standard error, a 'name: value' line each."""

import argparse
import selectors
import socket
import ssl
import sys
import time

PIECE = 16384


def parsed_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--trusted", help="PEM file; without it everybody is trusted")
    parser.add_argument("--chain")
    parser.add_argument("--key")
    parser.add_argument("--lowest")
    parser.add_argument("--highest")
    parser.add_argument("--alpn")
    parser.add_argument("--server-name")
    parser.add_argument("--answer", type=int, required=True, help="how many bytes to wait for; -1 for all")
    parser.add_argument("--seconds", type=float, required=True)
    return parser.parse_args()


def context_for(arguments):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = bool(arguments.trusted and arguments.server_name)
    if arguments.trusted:
        context.load_verify_locations(arguments.trusted)
    else:
        context.verify_mode = ssl.CERT_NONE
    if arguments.chain:
        context.load_cert_chain(arguments.chain, arguments.key)
    if arguments.lowest:
        context.minimum_version = ssl.TLSVersion[arguments.lowest.replace(".", "_")]
        context.maximum_version = ssl.TLSVersion[arguments.highest.replace(".", "_")]
    if arguments.alpn:
        context.set_alpn_protocols(arguments.alpn.split(","))
    return context


def say(name, value):
    print(f"{name}: {value}", file=sys.stderr, flush=True)


def exchange(connection, request, answer, deadline):
    """Writes and reads in turns, so that a server that answers before it has read everything is not stuck."""
    connection.setblocking(False)
    selector = selectors.DefaultSelector()
    selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
    pending = memoryview(request.read(PIECE))
    received = 0
    while pending or answer < 0 or received < answer:
        moved = False
        if pending:
            try:
                pending = pending[connection.send(pending) :] or memoryview(request.read(PIECE))
                moved = True
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                pass
        try:
            data = connection.recv(PIECE)
            if not data:
                return "close_notify"
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            received += len(data)
            moved = True
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        if time.monotonic() > deadline:
            return f"timeout after {received} bytes"
        if not moved:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if pending else 0)
            selector.modify(connection, events)
            selector.select(deadline - time.monotonic())
    connection.settimeout(max(0.1, deadline - time.monotonic()))
    connection.unwrap().close()
    return "close_notify"


def main():
    arguments = parsed_arguments()
    deadline = time.monotonic() + arguments.seconds
    plain = socket.create_connection((arguments.host, arguments.port), timeout=arguments.seconds)
    connection = None
    try:
        connection = context_for(arguments).wrap_socket(
            plain, server_hostname=arguments.server_name, suppress_ragged_eofs=False
        )
        say("protocol", connection.version())
        say("cipher", connection.cipher()[0])
        say("alpn", connection.selected_alpn_protocol() or "")
        end = exchange(connection, sys.stdin.buffer, arguments.answer, deadline)
        say("end", end)
        return 0 if end == "close_notify" else 1
    except ssl.SSLEOFError as error:
        say("end", f"truncated ({error})")
        return 1
    except OSError as error:
        say("end", f"{type(error).__name__}: {error}")
        return 1
    finally:
        (connection or plain).close()


sys.exit(main())
