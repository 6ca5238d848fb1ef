"""Gathers recorded notifications into one folder, rewritten so that all belong to one agent and extension.

Usage: traffic.py <agent> <extension> <target folder> <source folder>...
"""

import re
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
      <stateChangeTime>2026-03-02T10:00:00.000Z</stateChangeTime>
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


def main():
    agent, extension, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    count = 0
    for number, source in enumerate(map(Path, sys.argv[4:]), start=1):
        folders = sorted({path.parent for path in source.rglob("*.xml")})
        for folder in folders:
            paths = sorted(folder.glob("*.xml"))
            texts = [path.read_text() for path in paths]
            old = device(texts)
            to = target / str(number) / folder.relative_to(source)
            to.mkdir(parents=True, exist_ok=True)
            for path, text in zip(paths, texts):
                (to / path.name).write_text(rewritten(text, agent, extension, old))
                count += 1
    last = target / "9-last"
    last.mkdir(parents=True, exist_ok=True)
    (last / "01-user-NOT_READY.xml").write_text(LAST.format(agent=agent, extension=extension))
    print(f"{count} files")


main()
