"""Runs a fuzz target from its kept corpus, for some seconds.

usage: run.py TARGET CORPUS [--seconds N] [--seed N] [--keep]

CORPUS is a file of inputs, one a line in hexadecimal. An input that breaks the target is printed as such a line:
put it there with its mending. --keep writes the corpus anew, with what was found that reaches further.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile


def arguments():
    parser = argparse.ArgumentParser(description="Runs a fuzz target from its kept corpus.")
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write what was found into the corpus")
    return parser.parse_args()


def main():
    options = arguments()
    target = str(options.target.resolve())
    lines = options.corpus.read_text().split()
    with tempfile.TemporaryDirectory() as folder:
        found = pathlib.Path(folder, "found")
        found.mkdir()
        for number, line in enumerate(lines):
            pathlib.Path(found, f"{number:04}").write_bytes(bytes.fromhex(line))
        environment = dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")
        run = subprocess.run(
            [target, f"-seed={options.seed}", f"-max_total_time={options.seconds}", "-max_len=4096", "-timeout=10",
             "-rss_limit_mb=1024", "-malloc_limit_mb=64", "-print_final_stats=1", "-verbosity=0",
             f"-artifact_prefix={folder}/broken-", str(found)],
            cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, errors="replace")
        print("\n".join(run.stderr.splitlines()[-60:]))
        for broken in sorted(pathlib.Path(folder).glob("broken-*")):
            print(f"this input breaks it; as a line of {options.corpus.name}:\n{broken.read_bytes().hex()}")
        if run.returncode == 0 and options.keep:
            keep(target, options.corpus, found, folder)
    sys.exit(0 if run.returncode == 0 else 1)


def keep(target, corpus, found, folder):
    """Of all that was found, the fewest and shortest inputs that reach as far."""
    least = pathlib.Path(folder, "least")
    least.mkdir()
    subprocess.run([target, "-merge=1", "-verbosity=0", str(least), str(found)], check=True,
                   stderr=subprocess.DEVNULL)
    inputs = sorted((path.read_bytes() for path in least.iterdir()), key=lambda b: (len(b), b))
    corpus.write_text("".join(b.hex() + "\n" for b in inputs))


main()
