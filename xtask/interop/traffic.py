"""Gathers notifications into one folder: the project's own as they are, recorded ones rewritten.

Rewritten are the agent's id and extension, and the times of the agent's states: recordings come from several days, and a
gateway rightly takes no state that is older than the one it knows.

Usage: traffic.py <agent> <extension> <target folder> <own folder> [<recorded folder>]
"""

import re
import shutil
import sys
from collections import Counter
from pathlib import Path

LAST = """<Update>
  <data>
    <user>
      <extension>{extension}</extension>
      <loginId>{agent}</loginId>
      <reasonCode>
        <category>NOT_READY</category>
        <code>77</code>
        <label>End of the traffic</label>
      </reasonCode>
      <state>NOT_READY</state>
      <stateChangeTime>2099-03-02T10:00:00.000Z</stateChangeTime>
      <uri>/finesse/api/User/{agent}</uri>
    </user>
  </data>
  <event>PUT</event>
  <requestId></requestId>
  <source>/finesse/api/User/{agent}</source>
</Update>
"""


def device(texts):
    """The extension that most of a folder's documents speak of."""
    devices = Counter()
    for text in texts:
        devices.update(re.findall(r"<mediaAddress>(\d+)</mediaAddress>\s*<mediaAddressType>AGENT_DEVICE", text))
        devices.update(re.findall(r"(?:<|&lt;)extension(?:>|&gt;)(\d+)", text))
    return devices.most_common(1)[0][0] if devices else None


def rewritten(text, agent, extension, old_extension):
    text = re.sub(r"(/finesse/api/User/)[^/<\"&]+", rf"\g<1>{agent}", text)
    text = re.sub(r"((?:<|&lt;)loginId(?:>|&gt;))\d+", rf"\g<1>{agent}", text)
    if old_extension:
        text = re.sub(rf"\b{old_extension}\b", extension, text)
    return text


def retimed(text, number):
    """A state's time that is later than those of all files before; calls keep their times."""
    if not re.search(r"(?:<|&lt;)user(?:>|&gt;)", text):
        return text
    time = f"2037-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.000Z"
    return re.sub(r"((?:<|&lt;)stateChangeTime(?:>|&gt;))[^<&]+", rf"\g<1>{time}", text)


def own(source, target):
    shutil.copytree(source, target / "1-own")


def recorded(source, target, agent, extension):
    number = 0
    for folder in sorted({path.parent for path in source.rglob("*.xml")}):
        paths = sorted(folder.glob("*.xml"))
        texts = [path.read_text() for path in paths]
        old = device(texts)
        to = target / "2-recorded" / folder.relative_to(source)
        to.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, texts):
            number += 1
            text = retimed(rewritten(text, agent, extension, old), number)
            (to / path.name).write_text(text)


def last(target, agent, extension):
    folder = target / "3-last"
    folder.mkdir(parents=True)
    (folder / "01-user-NOT_READY.xml").write_text(LAST.format(agent=agent, extension=extension))


def main():
    agent, extension, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    own(sys.argv[4], target)
    for source in sys.argv[5:]:
        recorded(Path(source), target, agent, extension)
    last(target, agent, extension)


main()
