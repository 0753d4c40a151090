"""Opens pages of the checker and the simulator in headless Chromium, from disk, and looks at them as people do.

page_in_browser.py CHECK SIMULATE FOLDER: the two commands, and where the screenshots go.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common import utils
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

CHECK, SIMULATE, FOLDER = (pathlib.Path(word) for word in sys.argv[1:4])
TAKEN_OUT, SEED = ('--protocol', 'raft', '--rule', 'followers_commit_what_is_verified'), '7'
LEAST_TEXT, LEAST_CONTRAST = 12, 4.5  # pixels; the ratio that WCAG asks for (AA)
PAINTED = 'const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))'


class Driver(Service):
    """Selenium looks for its driver at `localhost`: the same without a name."""
    @property
    def service_url(self):
        return f'http://127.0.0.1:{self.port}'

    def is_connectable(self):
        return utils.is_connectable(self.port, '127.0.0.1')


def browser(profile):
    options = Options()
    options.binary_location = shutil.which('chromium')
    # A pipe instead of a port: neither end has to find `localhost`, which needs an /etc/hosts.
    words = ['headless=new', 'disable-gpu', 'disable-dev-shm-usage', 'disable-background-networking',
             'no-first-run', 'remote-debugging-pipe', 'window-size=1440,1100', f'user-data-dir={profile}']
    if os.geteuid() == 0:
        words.append('no-sandbox')  # which root can't have
    for word in words:
        options.add_argument('--' + word)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    return webdriver.Chrome(service=Driver(shutil.which('chromedriver')), options=options)


def data_of(page):
    """The records as the file has them, with their kinds, names and texts in words."""
    text = page.read_text(encoding='utf-8')
    inside = re.search(r'<script type="application/json" id="trace">(.*?)</script>', text, re.DOTALL)
    data = json.loads(inside.group(1))
    keys = ('time', 'node', 'kind', 'peer', 'message', 'term', 'index', 'name', 'text')
    records = [dict(zip(keys, record)) for record in data['records']]
    for record in records:
        record['kind'] = data['kinds'][record['kind']]
        record['name'], record['text'] = data['texts'][record['name']], data['texts'][record['text']]
    return data, records


def arrows_of(records):
    """How many a diagram of all must have: one a message heard or lost, one a message that never arrives."""
    ended, last = set(), {}
    for i, record in enumerate(records):
        if record['kind'] == 'send':
            last[record['message']] = i
        elif record['kind'] in ('deliver', 'drop'):
            ended.add(last[record['message']])
    kinds = [record['kind'] for record in records]
    return kinds.count('deliver') + kinds.count('drop') + kinds.count('send') - len(ended)


def long_page(page, records):
    """The same run again and again, until there are so many records."""
    data, _ = data_of(page)
    once, span, messages = data['records'], data['records'][-1][0], max(r[4] for r in data['records'])
    data['records'] = [[r[0] + span * n, *r[1:4], r[4] and r[4] + messages * n, *r[5:]]
                       for n in range(records // len(once) + 1) for r in once]
    data['of'] = len(data['records'])
    long = page.with_name('long.html')
    text, packed = page.read_text(encoding='utf-8'), json.dumps(data)
    packed = packed.replace('<', '\\u003c').replace('>', '\\u003e')
    begin, end = text.index('id="trace">') + len('id="trace">'), text.index('</script>')
    long.write_text(text[:begin] + packed + text[end:], encoding='utf-8')
    return long, len(data['records'])


def brightness(colour):
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def overlaps(a, b):
    return a['left'] < b['right'] and b['left'] < a['right'] and a['top'] < b['bottom'] and b['top'] < a['bottom']


def words_of(text):
    return re.sub(r'\s+', '', text)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='quorate-page-')
        cls.addClassCleanup(cls.folder.cleanup)
        where = pathlib.Path(cls.folder.name)
        cls.mutant, cls.seed, cls.text = where / 'mutant.html', where / 'seed.html', where / 'seed.txt'
        for command in ([CHECK, 'mutants', *TAKEN_OUT, '--html', cls.mutant],
                        [SIMULATE, '--seed', SEED, '--html', cls.seed, '--trace', cls.text]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        cls.chrome = browser(where / 'profile')
        cls.addClassCleanup(cls.chrome.quit)
        cls.chrome.set_script_timeout(20)
        cls.chrome.get('about:blank')
        cls.chrome.get_log('performance')  # what the browser's own first page has asked for

    def open(self, page):
        self.chrome.get(page.as_uri())
        self.settle()

    def tearDown(self):
        """Whatever a test did: nothing was asked of any network, and the script has not failed."""
        asked = [json.loads(entry['message'])['message'] for entry in self.chrome.get_log('performance')]
        asked = [m['params']['request']['url'] for m in asked if m['method'] == 'Network.requestWillBeSent']
        self.assertGreater(len(asked), 0)
        self.assertEqual([url for url in asked if not url.startswith('file://' + self.folder.name)], [])
        self.assertEqual(self.chrome.get_log('browser'), [])

    # --- hands and eyes
    def settle(self):
        self.chrome.execute_async_script(PAINTED)

    def all(self, selector):
        return self.chrome.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.chrome.find_element(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return self.chrome.execute_script('return document.querySelectorAll(arguments[0]).length', selector)

    def boxes(self, selector):
        return self.chrome.execute_script(
            'return [...document.querySelectorAll(arguments[0])].map(e => e.getBoundingClientRect().toJSON())',
            selector)

    def press(self, selector):
        self.one(selector).click()
        self.settle()

    def keys(self, selector, *keys):
        self.one(selector).send_keys(*keys)
        self.settle()
        self.settle()

    def steps_apart(self):
        """Pixels between the first two times at the axis, which any zoom changes."""
        return self.chrome.execute_script('return view.k')

    def left_edge(self):
        return self.chrome.execute_script('return view.at')

    def point_at(self, x, y):
        ActionChains(self.chrome, duration=0).move_by_offset(0, 0).perform()
        actions = ActionChains(self.chrome, duration=20)
        actions.w3c_actions.pointer_action.move_to_location(int(x), int(y))
        actions.perform()
        self.settle()

    def picture(self, name):
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.assertTrue(self.chrome.save_screenshot(str(FOLDER / name)))
        self.assertGreater((FOLDER / name).stat().st_size, 40_000)

    def legible(self):
        sizes = self.chrome.execute_script(
            'return [...document.querySelectorAll("#diagram text, #story .row span, button, h1, p, li, code")]'
            '.map(e => parseFloat(getComputedStyle(e).fontSize))')
        self.assertGreaterEqual(min(sizes), LEAST_TEXT)
        for selector in ('#diagram .names text', '#diagram .words text', '#diagram .axes text'):
            boxes = self.boxes(selector)
            for i, one in enumerate(boxes):
                for other in boxes[:i]:
                    self.assertFalse(overlaps(one, other), (selector, one, other))

    def readable_colours(self):
        """Each colour that text or a line has, on what it stands on."""
        colour = self.chrome.execute_script('''
          const probe = document.body.appendChild(document.createElement('i')), found = {};
          const is = (name, value, kind) => { probe.className = kind; probe.style.color = value;
            found[name] = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3).map(Number); };
          for (const name of ['paper', 'ground', 'ink', 'faint', 'accent', 'good', 'bad', 'bad-pale', 'warn',
                              'client'])
            is(name, `var(--${name})`, '');
          for (let t = 0; t < 7; ++t) is('line' + t, 'var(--l)', 't' + t), is('band' + t, 'var(--c)', 't' + t);
          probe.remove();
          return found;''')
        pairs = [(name, 'paper') for name in ('ink', 'accent', 'good', 'bad', 'warn', 'client')]
        pairs += [(name, 'ground') for name in ('faint', 'bad', 'warn')]
        pairs += [('faint', 'paper'), ('bad', 'bad-pale')]
        pairs += [(f'line{t}', 'paper') for t in range(7)]
        for one, other in pairs:
            self.assertGreaterEqual(contrast(colour[one], colour[other]), LEAST_CONTRAST, (one, other))
        for t in range(7):
            self.assertGreaterEqual(contrast((255, 255, 255), colour[f'band{t}']), LEAST_CONTRAST, t)

    # --- the tests
    def test_the_page_of_a_seed_has_every_record_of_the_trace(self):
        self.open(self.seed)
        _, records = data_of(self.seed)
        lines = self.text.read_text(encoding='utf-8').splitlines()[1:]
        self.assertEqual(len(records), len(lines))
        for record, line in zip(records, lines):
            self.assertEqual([str(record['time']), record['kind']],
                             [line.split()[0], line.split()[2]])
            self.assertIn(record['text'], line)
        self.assertEqual(self.one('#count').text, f'{len(lines)} records')

    def test_the_diagram_of_a_killed_mutant_has_its_lanes_arrows_and_end(self):
        self.open(self.mutant)
        self.press('[data-action=fit]')
        _, records = data_of(self.mutant)
        self.assertEqual([e.text for e in self.all('#diagram .names text')], ['node A', 'node B', 'node C'])
        self.assertGreater(arrows_of(records), 4)
        self.assertEqual(self.count('#diagram .arrow'), arrows_of(records))
        self.assertEqual(self.count('#diagram .mark .k-crash'), sum(r['kind'] == 'crash' for r in records))
        self.assertGreater(self.count('#diagram .mark .k-crash'), 0)
        self.assertGreaterEqual(self.count('#diagram .band.leader'), 1)
        what = records[-1]['text']
        self.assertEqual(self.one('h1').text.split('Broken: ')[1], what)
        self.assertEqual(self.one('#diagram .end text').text, 'broken: ' + what)
        self.assertEqual(self.one('header code').text, ' '.join(('check mutants', *TAKEN_OUT)))
        self.assertEqual(self.one('.row.k-violation .what').text, 'is where it breaks: ' + what)
        self.legible()
        self.picture('page_of_a_mutant.png')

    def test_the_page_of_a_seed_is_legible_by_day_and_night(self):
        self.open(self.seed)
        self.legible()
        self.readable_colours()
        self.picture('page_of_a_seed.png')
        night = {'features': [{'name': 'prefers-color-scheme', 'value': 'dark'}]}
        self.chrome.execute_cdp_cmd('Emulation.setEmulatedMedia', night)
        self.readable_colours()
        self.picture('page_by_night.png')
        self.chrome.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': []})

    def test_pointing_at_a_message_shows_its_content(self):
        self.open(self.mutant)
        self.press('[data-action=fit]')
        _, records = data_of(self.mutant)
        self.assertFalse(self.one('#tip').is_displayed())
        shown = 0
        for arrow in self.all('#diagram .arrow.whole')[::3]:
            record = records[self.chrome.execute_script('return arguments[0].record', arrow)]
            x, y = self.chrome.execute_script('''
              const line = arguments[0].querySelector('.line'), to = line.getScreenCTM();
              for (let part = 0.1; part < 1; part += 0.1) {  // where no other arrow crosses it
                const p = line.getPointAtLength(line.getTotalLength() * part).matrixTransform(to);
                const top = document.elementFromPoint(p.x, p.y);
                if (top && top.closest('.arrow') === arguments[0]) return [p.x, p.y];
              }
              return [0, 0];''', arrow)
            self.assertGreater(y, 0)
            self.point_at(x, y)
            self.assertTrue(self.one('#tip').is_displayed())
            self.assertIn(words_of(record['text']), words_of(self.one('#tip').text))
            self.assertIn('on', arrow.get_attribute('class').split())
            shown += 1
        self.assertGreater(shown, 2)
        self.picture('page_with_a_message.png')
        self.point_at(5, 5)
        self.assertFalse(self.one('#tip').is_displayed())

    def test_keys_go_from_record_to_record_and_show_each(self):
        self.open(self.mutant)
        _, records = data_of(self.mutant)
        self.keys('#stage', '0', Keys.ESCAPE, Keys.ARROW_RIGHT)
        messages = 0
        for record in records[:30]:
            self.assertIn(words_of(record['text'].removeprefix('it ')), words_of(self.one('#details').text))
            if record['kind'] in ('send', 'deliver'):
                messages += 1
                self.assertTrue(self.one('#tip').is_displayed())
                self.assertIn(words_of(record['text']), words_of(self.one('#tip').text))
                self.assertEqual(self.count('#diagram .arrow.chosen[id="%s"]' %
                                            self.one('#stage').get_attribute('aria-activedescendant')), 1)
            self.keys('#stage', Keys.ARROW_RIGHT)
        self.assertGreater(messages, 4)

    def test_wheel_buttons_and_keys_zoom_and_a_drag_moves(self):
        self.open(self.seed)
        begun = self.steps_apart()
        self.press('[data-action=in]')
        self.assertAlmostEqual(self.steps_apart(), begun * 1.5, places=3)
        self.keys('#stage', '-')
        self.assertAlmostEqual(self.steps_apart(), begun, places=3)
        box = self.boxes('#diagram')[0]
        middle = ScrollOrigin.from_viewport(int(box['left'] + 700), int(box['top'] + 150))
        under = 'return view.at + (700 - gutter) / view.k'
        before = self.chrome.execute_script(under)
        ActionChains(self.chrome).scroll_from_origin(middle, 0, -200).perform()
        self.settle()
        self.assertGreater(self.steps_apart(), begun * 1.5)
        self.assertAlmostEqual(self.chrome.execute_script(under), before, delta=1)  # it stays at the pointer
        at = self.left_edge()
        self.point_at(box['left'] + 700, box['top'] + 60)
        ActionChains(self.chrome, duration=20).click_and_hold().move_by_offset(200, 0).release().perform()
        self.settle()
        self.assertAlmostEqual(self.left_edge(), at - 200 / self.steps_apart(), delta=0.5)
        self.keys('#stage', '0')
        self.assertLess(self.left_edge(), 0)
        self.keys('#stage', Keys.END)
        self.assertGreater(self.left_edge(), 0)
        self.press('[data-scale=real]')
        self.assertGreater(self.count('#diagram .axes text'), 3)

    def test_filters_take_nodes_kinds_and_message_types_away_and_bring_them_back(self):
        self.open(self.mutant)
        self.press('[data-action=fit]')
        _, records = data_of(self.mutant)
        arrows, rows = self.count('#diagram .arrow'), len(records)
        self.press('#nodes [data-filter=A]')
        self.assertEqual([e.text for e in self.all('#diagram .names text')], ['node B', 'node C'])
        self.assertLess(self.count('#diagram .arrow'), arrows)
        self.press('#nodes [data-filter=A]')
        self.press('#kinds [data-filter=messages]')
        self.assertEqual(self.count('#diagram .arrow'), 0)
        left = sum(r['kind'] not in ('send', 'deliver') for r in records)
        self.assertEqual(self.one('#count').text, f'{left} of {rows} records')
        self.press('#kinds [data-filter=messages]')
        self.one('#typesbox summary').click()
        self.press('#types [data-filter=request_vote]')
        self.assertEqual(self.one('#count').text,
                         f"{sum(r['name'] != 'request_vote' for r in records)} of {rows} records")
        self.press('#types [data-filter=request_vote]')
        self.assertEqual(self.count('#diagram .arrow'), arrows)
        self.assertEqual(self.one('#count').text, f'{rows} records')

    def test_the_list_and_the_diagram_point_at_each_other(self):
        self.open(self.mutant)
        self.press('[data-action=fit]')
        _, records = data_of(self.mutant)
        heard = next(i for i, r in enumerate(records) if r['kind'] == 'deliver')
        self.chrome.execute_script('story.scrollTop = 0')
        self.settle()
        ActionChains(self.chrome).move_to_element(self.one(f'#r{heard}')).perform()
        self.settle()
        self.assertEqual(self.count(f'#diagram #a{heard}.on'), 1)
        self.one(f'#r{heard}').click()
        self.settle()
        self.assertEqual(self.count(f'#diagram #a{heard}.chosen'), 1)
        self.assertIn(words_of(records[heard]['text']), words_of(self.one('#details').text))
        self.keys('#find', 'crashes', Keys.ENTER)
        self.assertRegex(self.one('#found').text, r'^1 of \d+$')
        self.assertIn('crashes', self.one('#details strong').text)

    def test_a_hundred_thousand_records_stay_usable(self):
        page, records = long_page(self.seed, 100_000)
        self.open(page)
        self.assertEqual(self.one('#count').text, f'{records} records')
        self.press('[data-action=fit]')
        self.assertIn('Messages are not drawn here', self.one('#where').text)
        self.assertLess(self.count('#diagram *'), 12_000)
        self.press('[data-action=end]')
        self.assertGreater(self.count('#diagram .arrow'), 0)
        self.assertLess(self.count('#diagram .arrow') + self.count('#diagram .mark'), 1501)
        self.assertNotIn('not drawn', self.one('#where').text)
        self.assertLess(self.count('#story .row'), 120)

    def test_it_prints(self):
        self.open(self.mutant)
        paper = self.chrome.execute_cdp_cmd('Page.printToPDF', {'printBackground': True})
        self.assertGreater(len(paper['data']), 20_000)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
