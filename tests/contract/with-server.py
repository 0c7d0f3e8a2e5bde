#!/usr/bin/python3
"""Runs a command against a fresh server in stand-in mode, and against the oracle if the command asks for it.

usage: with-server.py PROGRAM COMMAND [ARGUMENT ...]

In the command {URL} is the service's address and {ORACLE} that of the ASMX service in oracle/ (started only then).
Exit status: the command's.
"""
import json, os, pathlib, signal, socket, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent


def start_oracle():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen(["sh", str(HERE / "oracle" / "run.sh"), str(port)], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if "listening" not in line:
        sys.exit("the oracle did not start (packages mono-devel, mono-runtime, System.Web of Mono): %r" % line)
    return process, "http://127.0.0.1:%d/webservices/CustomerCareService.asmx" % port


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, command = os.path.abspath(sys.argv[1]), sys.argv[2:]
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            server = subprocess.Popen(
                [program, "serve", "--mode", "stand-in", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                 "--database", os.path.join(folder, "test.db")],
                stdout=subprocess.PIPE, stderr=open(os.path.join(folder, "log"), "w"), text=True, cwd=folder)
            processes.append(server)
            line = server.stdout.readline()
            if not line.startswith("READY "):
                sys.exit("the server did not start: %s" % open(os.path.join(folder, "log")).read())
            values = {"{URL}": json.loads(line[6:])["service"]}
            if any("{ORACLE}" in word for word in command):
                oracle, values["{ORACLE}"] = start_oracle()
                processes.append(oracle)
            for key, value in values.items():
                command = [word.replace(key, value) for word in command]
            status = subprocess.call(command)
            if server.poll() is not None:
                print("the server died: exit status %d" % server.returncode)
                return 1
            return status
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(20)


if __name__ == "__main__":
    sys.exit(main())
