# The player bar, its menus and keys, and the words that scripts show while it plays.

bar = Now playing
bar-more = More controls
bar-speed = Speed
bar-sleep = Sleep timer
bar-sleep-head = Stop playing
bar-sleep-never = Never
bar-sleep-minutes = in { $n } min
bar-sleep-hour = in 1 hour
bar-sleep-end = at the end
bar-close = Close the player

keys = Keys
key-play = Play or pause
key-back = Back 15 seconds
key-forward = Forward 30 seconds
key-volume = Louder, quieter
key-mute = Mute
key-speed = Slower, faster
key-tenths = Jump to tenths of the episode
key-list = This list
key-space = Space
key-to = to

## Shown by scripts

script-left = { $length } left
script-pause = Pause { $title }
script-position = { $at } of { $length }
script-found = { $at } of { $count }
script-copied = Copied
script-not-copied = Copying is not allowed here; select the text and copy it yourself.
script-cannot-play = This cannot be played at the moment. Check the connection and try again.
script-end = end
script-slept = The sleep timer stopped the player.
script-show = Show
script-hours = { $h } h
script-hours-minutes = { $h } h { $min } min
script-minutes = { $min } min
script-bar-player = Audio player
script-bar-play = Play
script-bar-pause = Pause
script-bar-back = Back 15 seconds
script-bar-forward = Forward 30 seconds
script-bar-seek = Position
script-bar-mute = Mute
script-bar-unmute = Unmute
script-bar-volume = Volume
script-bar-time = Time played
