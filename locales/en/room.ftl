# Rooms: the page on which people listen, and the studio.

## Where a room stands

room-on-air = On air
room-over = This room has ended
room-over-help = The recording is being made into an episode; it appears on the show’s page.
room-listen-again = Listen to the episode: <a href="{ $path }" dir="auto">{ $title }</a>
room-soon = Not on air yet
room-doors = The doors are open; the host goes on air in a moment.
room-no-time = The host has not set a time. This page starts by itself when the room goes on air.
room-to-show = To the show
room-to-studio = To the studio

## Listening

room-stage = On the stage
room-stage-empty = Nobody is on the stage yet.
room-captions = Captions
room-play = Listen
room-back = Back 15 seconds
room-to-live = Jump to live
room-plain-player = Live sound

## Taking part

room-react = Reactions
room-clap = Applause
room-heart = Heart
room-laugh = Laughter
room-wow = Surprise
room-sad = Sadness
room-agree = Agree
room-raise = Raise hand
room-lower = Lower hand
room-step-down = Step down
room-mute = Mute
room-chat = Chat
room-chat-off = The chat of this room is closed.
room-chat-sign-in = <a href="{ $path }">Sign in</a> to write.
room-chat-empty = Nobody has written yet.
room-chat-text = Your message
room-send = Send
room-newer = New messages
room-pinned = Pinned
room-name = Your name
room-name-heading = What shall we call you?
room-name-help = Everybody in the room sees this name.
room-name-go = Use this name
room-ask-heading = Ask to speak
room-ask-text = When the host brings you on the stage, your microphone opens and everybody hears you.
room-ask-recorded = What you say is recorded and published with the episode. I agree to be recorded.
room-ask-go = Open the microphone and raise my hand
room-ask-not = Not now

## The studio

studio-check = Before you go in
studio-check-text = A look at microphone and line. Nobody hears you yet.
studio-consent = I agree to be recorded
studio-consent-help = Each voice is recorded from the moment it is on the stage, kept apart, and published with the episode. You can leave at any time.
studio-open-mic = Open the microphone
studio-without-mic = Go in without a microphone
studio-mic = Microphone
studio-level = Level of your microphone
studio-level-help = Speak as you will on air: the bar should reach the middle and seldom the red.
studio-processing = Reduce noise and echo
studio-processing-help = Leave this on with loudspeakers; turn it off with headphones and a good microphone.
studio-line = Your line
studio-line-mic = Microphone
studio-line-house = This server
studio-line-stage = Sound to the stage
studio-enter = Enter the room
studio-muted-first = Enter muted
studio-stage = Stage
studio-hands = Raised hands
studio-no-hands = No hand is up.
studio-guests = Guests
studio-invite-role = They come as
studio-invite-go = Make a link
studio-invite-link = Send this link to one person. It works once.
studio-copy = Copy
studio-lock = Lock the door
studio-lock-help = Only moderators come in while it is locked.
studio-slow = Wait between two messages
studio-slow-none = None
studio-slow-seconds = { $n } seconds
studio-markers = Markers
studio-no-markers = Press M at a moment worth finding again. It becomes a chapter.
studio-marker-title = Name of the next marker
studio-marker = Set marker
studio-go-live = Go live
studio-go-live-heading = Go on air?
studio-go-live-text = From now on everybody hears the stage, and the recording runs.
studio-end = End
studio-end-heading = End this room?
studio-end-text = Everybody is disconnected, for good. The recording becomes an episode.
studio-end-go = End the room
studio-stay = Stay
studio-leave = Leave
studio-elapsed = On air for
studio-listeners = Listeners
studio-recording = Recording
studio-tools = Tools
studio-no-script = The studio needs a browser that runs scripts.

## Said by the scripts of rooms

roomsay-offline = There is no connection. Check your network; this page goes on trying.
roomsay-away = The stage is away for a moment. You will be back by yourself in a few seconds.
roomsay-slow = The stage does not answer. Try again.
roomsay-play = Listen
roomsay-pause = Pause
roomsay-connecting = Connecting …
roomsay-speaking = { $names } speaking now
roomsay-quiet = Nobody speaks at the moment
roomsay-behind = { $time } behind live
roomsay-live = Live
roomsay-listeners = { $n } listening
roomsay-sound-lost = The sound is interrupted; it comes back by itself.
roomsay-hand-up = Your hand is up; you are number { $n } in the queue.
roomsay-hand-waiting = Your hand is up. The host sees it.
roomsay-hand-declined = The host has taken your hand down for now.
roomsay-on-stage = You are on the stage. Everybody hears you.
roomsay-on-stage-muted = You are on the stage. Your microphone is closed.
roomsay-off-stage = You are a listener again.
roomsay-removed = A moderator took you out of this room.
roomsay-replaced = You came in from another window; this one is closed.
roomsay-ended = This room has ended.
roomsay-left = You have left.
roomsay-locked = The host has locked the room.
roomsay-in = { $time } to go
roomsay-any-moment = It starts any moment now.
roomsay-mic-denied = The browser does not let this page use the microphone. Allow it in the settings of the page (beside the address) and try again.
roomsay-mic-missing = No microphone was found. Plug one in and try again.
roomsay-mic-busy = Another program holds the microphone. Close it there and try again.
roomsay-mic-gone = The microphone was unplugged. Choose another one.
roomsay-mic-silent = Nothing is heard from this microphone. Is it muted, or is another one meant?
roomsay-ok = works
roomsay-blocked = blocked
roomsay-trying = trying
roomsay-stage-blocked = The server answers, but sound does not reach the stage: this network lets no UDP out. Try another network or a phone’s hotspot.
roomsay-house-blocked = The server does not answer. Check your network.
roomsay-mute = Mute
roomsay-unmute = Unmute
roomsay-held = A moderator has closed your microphone.
roomsay-mute-them = Close the microphone
roomsay-unmute-them = Allow the microphone again
roomsay-to-speaker = Make speaker
roomsay-to-producer = Make producer
roomsay-to-co-host = Make co-host
roomsay-to-listener = Move to the audience
roomsay-hand-over = Make host
roomsay-remove = Remove
roomsay-ban = Ban
roomsay-accept = Bring on stage
roomsay-decline = Not now
roomsay-delete = Delete message
roomsay-pin = Pin message
roomsay-unpin = Unpin
roomsay-you = you
roomsay-host = Host
roomsay-co-host = Co-host
roomsay-producer = Producer
roomsay-speaker = Speaker
roomsay-listener = Listener
roomsay-muted = muted
roomsay-not-here = reconnecting
roomsay-menu = Actions for { $name }
roomsay-safe = safe to { $time }
roomsay-not-recording = not recording
roomsay-disk-fails = The server’s disk takes nothing at the moment. What is said is kept in its memory for a while; tell whoever looks after the server now.
roomsay-marker = Marker at { $time }
roomsay-marked = Marker set
roomsay-scheduled = Not open
roomsay-green-room = Green room
roomsay-silenced = Your browser holds the sound back. Tap anywhere to hear the stage.
