"""Reads C++ sources as far as tidy's rules need: code without comments and literals, includes, functions."""

import re

NOT_CODE = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",  # the digit before it: 10'000 opens no literal
    re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"]+[>"])', re.MULTILINE)
SCOPE = re.compile(r'\b(namespace|class|struct|union|enum|concept|extern)\b')
BRANCH = re.compile(r'^\s*(if|else|for|while|switch|do|try|catch|return|case|default)\b')
INITIALISERS = re.compile(r'\)[^()]*(?<!:):(?!:)')


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def code_of(text):
    """The text with comments and literals blanked, every character and line in its place."""
    return NOT_CODE.sub(lambda found: re.sub(r'[^\n]', ' ', found.group()), text)


def includes_of(text):
    """(line, '<vector>' or '"quorate/core/id.hpp"') for each include, comments left out."""
    code = code_of(text)
    return [(line_of(text, found.start(1)), found.group(1)) for found in INCLUDE.finditer(text)
            if code[found.start():found.start(1)].strip()]


def without_template_head(head):
    """`template <class T> struct x` without `template <class T>`, whose `class` opens no scope."""
    found = re.match(r'\s*template\s*<', head)
    while found:
        depth, at = 1, found.end()
        while depth and at < len(head):
            depth += {'<': 1, '>': -1}.get(head[at], 0)
            at += 1
        head = head[at:]
        found = re.match(r'\s*template\s*<', head)
    return head


def is_function(head):
    head = without_template_head(head)
    return '(' in head and not SCOPE.search(head.split('(')[0]) and not BRANCH.match(head)


def functions_of(text):
    """(first line, number of lines) of each outermost function, by counting braces."""
    code = re.sub(r'(?m)^[ \t]*#.*$', lambda found: ' ' * len(found.group()), code_of(text))
    found = {}
    open_blocks = []  # for each open brace: where its function began, or None for any other block
    constructor = {}  # depth: where a constructor began whose initialisers, in braces, precede its body
    inside = 0        # open braces since the outermost function began
    head_start = 0
    for at, char in enumerate(code):
        if char not in '{};':
            continue
        if char == ';' and code.count('(', head_start, at) > code.count(')', head_start, at):
            continue  # one of a for's
        if char == '{':
            head = code[head_start:at]
            depth = len(open_blocks)
            start = None
            if inside == 0:
                if depth in constructor and head.strip()[:1] in ('', ','):
                    start = constructor[depth]
                elif is_function(head):
                    start = head_start + len(head) - len(head.lstrip())
                    constructor.pop(depth, None)
                    if INITIALISERS.search(head):
                        constructor[depth] = start
            open_blocks.append(start)
            inside += 1 if inside or start is not None else 0
        elif char == '}' and open_blocks:
            start = open_blocks.pop()
            inside -= 1 if inside else 0
            if start is not None:
                first = line_of(code, start)
                found[first] = line_of(code, at) - first + 1
        else:
            constructor.pop(len(open_blocks), None)
        head_start = at + 1
    return sorted(found.items())
