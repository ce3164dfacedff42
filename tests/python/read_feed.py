"""Reads a feed from standard input with feedparser and prints what it understood as JSON."""

import json
import sys

import feedparser

headers = {"content-type": "application/rss+xml; charset=utf-8"}
feed = feedparser.parse(sys.stdin.buffer.read(), response_headers=headers)
feed.pop("headers", None)
feed["bozo_exception"] = repr(feed.get("bozo_exception")) if feed.get("bozo") else None
json.dump(feed, sys.stdout, default=str)
