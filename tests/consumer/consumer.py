"""An empty project that uses quorate as the pages say, to the letter: its program is the README's first block of
code, its build file the block for that way in on the headers' page, behind what every such project begins with.

`consumer.py ROOT WAY COMPILER...`
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BEGINS = 'cmake_minimum_required(VERSION 3.18)\nproject(app CXX)\nadd_executable(app app.cpp)\n'
WAYS_PAGE = 'include/quorate/README.md'
# The ways in: a word that the page's block has and the others have not.
WORDS = {'find_package': 'find_package(quorate', 'fetch': 'FetchContent_Declare(quorate',
         'add_subdirectory': 'add_subdirectory(', 'pkg_config': 'pkg-config --cflags quorate',
         'meson': "dependency('quorate')", 'install': 'meson install'}


class Failed(Exception):
    pass


def run(*command, **more):
    """What the command says; an exception if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
                          check=False, **more)
    if done.returncode:
        raise Failed(f'{" ".join(map(str, command))}: exit {done.returncode}\n{done.stdout}')
    return done.stdout


def blocks_of(page, language):
    found = re.findall(r'^```(\w*)\n(.*?)^```$', page.read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL)
    return [block for said, block in found if re.fullmatch(language, said)]


class Consumer:
    def __init__(self, root, compiler, folder):
        self.root, self.folder = root, folder
        compiler = [shutil.which(word) or word for word in compiler]  # by path: one of them may be called g++
        self.blocks = blocks_of(root / WAYS_PAGE, r'(?!cpp\b)\w*')
        self.app, self.prefix = folder / 'app', folder / 'prefix'
        self.app.mkdir()
        self.write('app.cpp', blocks_of(root / 'README.md', r'\w*')[0])
        # The compiler under the name that the page gives it.
        (folder / 'bin').mkdir()
        shim = folder / 'bin' / 'g++'
        shim.write_text('#!/bin/sh\nexec ' + ' '.join(compiler) + ' "$@"\n', encoding='utf-8')
        shim.chmod(0o755)
        self.env = {**os.environ, 'CXX': ' '.join(compiler), 'CMAKE_GENERATOR': 'Ninja', 'LC_ALL': 'C',
                    'PATH': f'{folder / "bin"}:{os.environ["PATH"]}',
                    'PKG_CONFIG_PATH': str(self.prefix / 'share' / 'pkgconfig')}

    def words(self, way):
        found = [block for block in self.blocks if WORDS[way] in block]
        if len(found) != 1:
            raise Failed(f'{WAYS_PAGE} has {len(found)} blocks with {WORDS[way]}; one is wanted')
        return found[0]

    def write(self, name, text):
        (self.app / name).write_text(text, encoding='utf-8')

    def run(self, *command, cwd=None):
        return run(*command, cwd=cwd or self.app, env=self.env)

    def install(self):
        """As the page says, but into a folder of this test's."""
        copy = self.copy(self.folder / 'quorate')
        words = self.words('install').replace('meson setup ', f'meson setup --prefix={self.prefix} ')
        return self.run('sh', '-euc', words, cwd=copy)

    def copy(self, to):
        """All that a consumer needs of the repository."""
        to.mkdir(parents=True)
        shutil.copytree(self.root / 'include', to / 'include')
        shutil.copy(self.root / 'meson.build', to)
        return to

    def cmake(self, words, *options):
        self.write('CMakeLists.txt', BEGINS + words)
        self.run('cmake', '-S', '.', '-B', 'build', *options)
        self.run('cmake', '--build', 'build')
        self.run('build/app')

    def meson(self, words, *options):
        self.write('meson.build', words)
        said = self.run('meson', 'setup', *options, 'build')
        self.run('meson', 'compile', '-C', 'build')
        self.run('build/app')
        return said


def headers(c):
    """Each block of the page is one way in. An installation has every header and two packages, and no more. It
    compiles nothing and asks for nothing."""
    for block in c.blocks:
        if sum(word in block for word in WORDS.values()) != 1:
            raise Failed(f'{WAYS_PAGE} has a block that is no way in, or several:\n{block}')
    said = c.install()
    if re.search(r'\b(boost|asio)\b', said, re.IGNORECASE):
        raise Failed(f'to install asked for Boost or Asio:\n{said}')
    if json.loads((c.folder / 'quorate/build/headers/compile_commands.json').read_text(encoding='utf-8')):
        raise Failed('there was something to compile')
    source = c.root / 'include'
    wanted = {'include' / path.relative_to(source) for path in source.rglob('*.hpp')}
    wanted |= {pathlib.Path('share', name) for name in (
        'pkgconfig/quorate.pc',
        'cmake/quorate/quorate-config.cmake',
        'cmake/quorate/quorate-config-version.cmake')}
    there = {path.relative_to(c.prefix) for path in c.prefix.rglob('*') if path.is_file()}
    if wanted != there:
        raise Failed(f'missing: {sorted(map(str, wanted - there))}; too much: {sorted(map(str, there - wanted))}')
    version_of(c)


def version_of(c):
    """One version, wherever it is asked for."""
    text = (c.root / 'include/quorate/version.hpp').read_text(encoding='utf-8')
    numbers = [re.search(rf'^#define QUORATE_VERSION_{part} (\d+)$', text, re.MULTILINE).group(1)
               for part in ('MAJOR', 'MINOR', 'PATCH')]
    version = '.'.join(numbers)
    project = json.loads(c.run('meson', 'introspect', '--projectinfo', str(c.folder / 'quorate/build/headers')))
    package = (c.prefix / 'share/cmake/quorate/quorate-config-version.cmake').read_text(encoding='utf-8')
    said = {'Meson': project['version'], 'pkg-config': c.run('pkg-config', '--modversion', 'quorate').strip(),
            'CMake': re.search(r'set\(PACKAGE_VERSION "(.*)"\)', package).group(1)}
    if set(said.values()) != {version}:
        raise Failed(f'version.hpp says {version}, and {said}')
    c.write('app.cpp', f'#include "quorate/version.hpp"\nstatic_assert(quorate::version == "{version}");\n')
    c.run('sh', '-euc', 'g++ -std=c++20 $(pkg-config --cflags quorate) -fsyntax-only app.cpp')


def find_package(c):
    c.install()
    moved = c.prefix.rename(c.folder / 'moved')  # an installation can be packed and unpacked elsewhere
    c.cmake(c.words('find_package'), f'-DCMAKE_PREFIX_PATH={moved}')
    for version, right in (('0', True), ('99', False)):
        c.write('CMakeLists.txt', f'{BEGINS}find_package(quorate {version} CONFIG)\n'
                                  'message(STATUS "found: ${quorate_FOUND}")\n')
        if ('found: 1' in c.run('cmake', '-S', '.', '-B', 'other', f'-DCMAKE_PREFIX_PATH={moved}')) != right:
            raise Failed(f'as version {version} it is {"not " if right else ""}found')


def fetch(c):
    """Without a network: CMake is told where the sources are that it would fetch."""
    c.cmake(c.words('fetch'), f'-DFETCHCONTENT_SOURCE_DIR_QUORATE={c.copy(c.folder / "fetched")}')


def add_subdirectory(c):
    c.copy(c.app / 'quorate')
    c.cmake(c.words('add_subdirectory'))


def pkg_config(c):
    c.install()
    c.run('sh', '-euc', c.words('pkg_config'))
    c.run('./app')


def meson_installed(c):
    c.install()
    if 'subproject' in c.meson(c.words('meson')):
        raise Failed('a subproject was used')


def meson_subproject(c):
    """The page's project, one that has chosen no standard, an older one, and one with extensions, which stay."""
    c.copy(c.app / 'subprojects' / 'quorate')
    not_installed = '--force-fallback-for=quorate'  # this machine may have one
    c.meson(c.words('meson'), not_installed)
    program = '#include "quorate/raft.hpp"\nstatic_assert(__cplusplus >= 202002L);\nint main() {}\n'
    extended = '#ifdef __STRICT_ANSI__\n#error "the standard that was chosen has been replaced"\n#endif\n'
    for standard, more in (('none', ''), ('c++17', ''), ('gnu++20', extended)):
        shutil.rmtree(c.app / 'build')
        c.write('app.cpp', program + more)
        c.meson(f"project('app', 'cpp', default_options: 'cpp_std={standard}')\n"
                "executable('app', 'app.cpp', dependencies: dependency('quorate'))\n", not_installed)


WAYS = [headers, find_package, fetch, add_subdirectory, pkg_config, meson_installed, meson_subproject]


def main(root, way, compiler):
    with tempfile.TemporaryDirectory() as folder:
        try:
            {w.__name__: w for w in WAYS}[way](Consumer(root, compiler, pathlib.Path(folder).resolve()))
        except Failed as failed:
            print(f'{way}: {failed}')
            return 1
    print(f'{way}: as the pages say')
    return 0


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]))
