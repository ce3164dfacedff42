# What the front door itself says when it cannot pass a request on.

edge-not-understood = That request was not understood
edge-not-offered = That is not offered here
edge-too-large = That is too large
edge-too-slow = That took too long to arrive
edge-back-soon = Back in a moment
edge-host = The request has to name exactly one host.
edge-target = The address has to be a path that begins with a slash.
edge-broken = The data sent with the request was incomplete. Please send it again.
edge-method = This server answers ordinary web requests only.
edge-too-large-text = Large files go in by the upload page, which sends them in pieces.
edge-too-slow-text = The connection stood still for too long. Please try again.
edge-web-down = This part of the site is starting again. Please try again in a few seconds.
edge-web-slow = This part of the site is busy. Please try again in a few seconds.
edge-request = Request { $id }
