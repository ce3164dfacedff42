"""Reads a document from standard input as plain XML and prints its root as JSON: name, attributes, text, children.

A name has the prefix that its namespace is known by; one of an unknown namespace is printed with the whole of it.
"""

import json
import sys
from xml.etree import ElementTree

SPACES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "https://podcastindex.org/namespace/1.0": "podcast",
    "http://www.w3.org/1999/xhtml": "xhtml",
}


def name(tag):
    space, found, local = tag[1:].partition("}")
    return f"{SPACES[space]}:{local}" if found and space in SPACES else tag


def node(element):
    return {
        "name": name(element.tag),
        "attributes": element.attrib,
        "text": (element.text or "").strip(),
        "children": [node(child) for child in element],
    }


json.dump(node(ElementTree.fromstring(sys.stdin.buffer.read())), sys.stdout)
