# The studio: pages of those who make shows and run the house.

## The rail

rail-menu = Menu
rail-dashboard = Dashboard
rail-shows = Shows
rail-uploads = Uploads
rail-jobs = Jobs
rail-people = People
rail-audit = Audit log
rail-account = Account

## Dashboard

dash = Dashboard
dash-hello = Hello, { $name }
dash-upload = Upload a recording
dash-set-up = Set the house up
dash-done = { $done } of { $all }
dash-steps-done = Steps done
dash-step-done = (done)
dash-failing = Needs you
dash-running = Under way
dash-scheduled = Coming up
dash-scheduled-list = Scheduled episodes
dash-drafts = Drafts
dash-no-drafts = No drafts. A recording you upload becomes one.
dash-published = Just published
dash-published-list = Published episodes
step-show = Make a show
step-show-why = It holds your episodes and has a feed of its own.
step-fill-in = Fill in what directories ask for
step-fill-in-why = Artwork, a description, a category: apps refuse feeds without.
step-upload = Upload a recording
step-upload-why = Any sound file; it is levelled and encoded here.
step-publish = Publish it
step-publish-why = It appears on the pages and in the feed at once.

## Lists

list-episode = Episode
list-state = State
list-when = When
list-page = Page
list-untitled = Untitled
list-to-do = { $count } to do
list-changed = changed { $when }
list-settings = Settings
list-all = All
state-draft = Draft
state-scheduled = Scheduled
state-published = Published
state-unpublished = Taken back
state-drafts = Drafts
job-waiting = Waiting
job-again = Tries again soon
job-running = Running
job-done = Done
job-failed = Failed
job-cancelled = Cancelled

## Work

jobs = Jobs
jobs-none = Nothing here
jobs-none-help = When a recording arrives, the house measures, levels and encodes it. That work shows here, with its progress, and can be stopped or tried again.
job-retry = Try again
job-progress = Progress of { $what }
job-try = try { $n } of { $max }
job-begun = begun { $when }
job-transcode = Encode “{ $title }”
job-retag = Write the tags of “{ $title }”
job-recording = Put the recording of “{ $title }” away
erase = Erase somebody or a part
erase-help = Takes it out of the room’s journal and out of everything that was made of it: the recordings, the replay, each speaker’s file, the chat. All of it is made anew at new addresses, and what was is removed at once. It is noted in the audit log and cannot be undone. A transcript goes as a whole, since it tells what was said; notes and chapters are not touched.
erase-who = Who
erase-who-help = Everything this person said and wrote; with times, only what lies between them.
erase-everybody = Everybody, between two times
erase-from = From
erase-from-help = As in 1:02:03; empty means from the beginning.
erase-to = To
erase-to-help = Empty means to the end.
erase-now = Erase for good
job-stems = Separate the speakers of “{ $title }”
job-backfill = Add to “{ $title }” what speakers’ devices kept
job-erase = Erase from “{ $title }”
job-sweep = Remove files that are no longer needed
job-index = Make the search index
job-portrait = Fetch the picture of somebody who takes part
job-step = { $step ->
    [reading] Reading
    [measuring] Measuring
    [encoding] Encoding
    [writing-files] Writing files
    [writing-tags] Writing tags
    [transcode] Transcode
    [retag] Retag
    [erasing] Erasing
    [cutting] Cutting
    [mixing] Mixing
    [trim] Trim
    [remaster] Mix
    [separating-the-speakers] Separating the speakers
    [sweep] Sweep
   *[other] { $text }
}

## Shows

shows = Shows
shows-new = New show
shows-none = No show yet
shows-none-help = A show is a podcast or a series: a title, a picture, a feed. Make one, then upload recordings to it; each becomes an episode.
shows-find = Find a show
shows-no-match = No show matches “{ $query }”.
shows-published = { $count } published
shows-drafts = { $count } in preparation
shows-settings-of = of { $title }
new-show = New show
new-show-help = Three facts to begin with. Picture, description and categories come next; nothing is public before you publish an episode.
new-show-make = Make the show

## A show

edit-episodes = Episodes
edit-page = Page
edit-what = What it is
edit-found = Where it is found
edit-found-help = One to three categories; the first counts most.
edit-rhythm = Rhythm and people
edit-money = Ownership and money
edit-feed = Feed
edit-save-show = Save the show
edit-unsaved = There are changes that are not saved.
edit-show-closed = You may see this show; its managers may change it.
edit-show-aside = Artwork, feed and members
art = Artwork
art-alt = Artwork of this show
art-ready = Square JPEG, ready for directories
art-new = New picture
art-help = JPEG, PNG or WebP, 1400 px or more on the shorter side; it becomes a square JPEG of at most 3000 px.
art-preview = Preview
art-size = { $width } × { $height } px
art-small = too small
art-square = Square
art-oblong = Not square: choose below
art-fit = If it is not square
art-crop = Crop
art-pad = Pad
art-use = Use this picture
art-own = This episode’s own picture.
art-of-show = The show’s picture, until the episode has one of its own.
art-remove = Use the show’s picture again
feed = Feed
feed-fine = Directories will accept this feed.
feed-not-yet = Before directories accept it
feed-copy = Copy the feed’s address
feed-head = The head of the feed
members = Members
members-none = Only administrators work on it.
members-remove = Remove { $name } from this show
members-email = Add somebody by e-mail
members-may = They may
members-may-viewer = see drafts and numbers
members-may-editor = make and publish episodes
members-may-manager = change the show and its members
members-add = Add
membership-viewer = viewer
membership-editor = editor
membership-manager = manager
delete-show = Delete this show
delete-show-ask = Delete “{ $title }”?
delete-show-help = { $episodes ->
    [one] The show, its feed and { $episodes } episode with all recordings are lost for good.
   *[other] The show, its feed and { $episodes } episodes with all recordings are lost for good.
} Apps that follow it get an error. To leave the feed in place, mark the show as complete instead.
delete-show-confirm = Type the title to go on
delete-for-good = Delete for good

## Episodes of a show

episodes-new = New episode
episodes-none = No episode yet
episodes-none-help = Make a draft and upload its recording, or send several recordings at once on the page Uploads. You see and hear everything before it goes out.
episodes-find = Find an episode
episodes-no-match = No episode matches.
episodes-list = Episodes
new-episode = New episode
new-episode-help = A working title is enough; the recording comes on the next page.
new-episode-make = Make the draft

## An episode

sound = Recording
sound-listen = The recording
sound-replace = Replace the recording
sound-choose = Choose the recording
sound-help = Any usual format, also video; the house makes MP3, M4A and Opus at one loudness. It can be paused and goes on after a reload.
sound-no-script = Sending recordings needs JavaScript here. Without it, use any tus client with an API token.
edit-chapters = Chapters and quotes
person-no-picture = There is no picture of { $name }; letters stand in for it. The reason:
stems = Each speaker alone
stems-help = As long as the episode, in step with it, silent where somebody was silent. Only people of the show can fetch these.
stems-wav = Make WAV files too
stems-flac = Make FLAC files too
file-chapters = { $count ->
    [one] The uploaded file holds one chapter.
   *[other] The uploaded file holds { $count } chapters.
}
file-chapters-use = Use them
edit-people = People and place
edit-more = More
edit-save = Save
edit-episode-aside = Publishing and transcript
publish = Publish
publish-published = Published
publish-scheduled = Scheduled
publish-goes-out = Goes out { $when }
publish-first = First published { $when }
publish-fine = Everything is ready.
publish-not-yet = Before it can go out
publish-now = Publish now
publish-at = Or at a time <span data-zone>(UTC)</span>
publish-schedule = Schedule
publish-change-time = Change the time
publish-to-draft = Back to draft
take-back = Take it back
take-back-ask = Take it back?
take-back-help = It leaves the pages and the feed at once. Copies that apps have downloaded stay with their listeners. You can publish it again; its date is kept.
transcript = Transcript
transcript-lines = { $count ->
    [one] { $count } line.
   *[other] { $count } lines.
}
transcript-none = None yet. With one, people can search and read what was said.
transcript-replace = Replace it
transcript-upload = Upload one
transcript-help = WebVTT, SubRip or podcast JSON; all four forms are served.
transcript-use = Use this file
transcript-remove = Remove it
transcript-remove-ask = Remove the transcript?
transcript-remove-help = The page, the feed and the search lose it. The recording stays.
item = In the feed
item-preview = The feed item
item-not-recorded = There is no recording yet: the address, length and duration below stand for those to come.
delete-episode = Delete this episode
delete-episode-ask = Delete this episode?
delete-episode-help = The recording, its renditions, notes, chapters and transcript are lost for good. If it was published, apps keep what they have downloaded. To hide it for a while, take it back instead.
edit-preview = Preview

## Uploads

uploads = Uploads
uploads-no-show = First a show, then recordings
uploads-no-show-help = Every recording belongs to a show. Make one, then come back with as many files as you like.
uploads-send = Send recordings
uploads-show = Show
uploads-choose = Choose files, or drop them here
uploads-help = Each becomes a draft. Up to { $largest } a file; { $room } are free. Close the page whenever you like: choose the same file again and it goes on where it stopped.
uploads-unfinished = Not finished
uploads-discard = Discard
uploads-received-of = Received of { $name }
uploads-received = { $received } of { $total }
uploads-kept = kept until { $when }
uploads-jobs = What the house does with them
uploads-no-jobs = Nothing to do at the moment.
uploads-all-jobs = All jobs

## People

people = People
people-link = Link for { $email }
people-link-mailed = It was also sent by mail.
people-link-help = Give it to them yourself; it is shown only now, works once, until { $when }.
people-link-copy = Copy the link
people-invite = Invite somebody
people-invite-do = Make an invitation link
people-role = Role
people-creator = Creator: makes shows
people-admin = Admin: manages people and every show
people-find = Find somebody
people-no-match = Nobody matches “{ $query }”.
people-who = Who
people-seen = Last here
people-actions = Actions
people-actions-for = Actions for { $email }
people-you = you
people-disabled = switched off
people-invited = invited
people-role-of = Role of { $email }
people-change = Change
people-never = not yet
people-make-invitation = Make a new invitation link
people-make-password = Make a password link
people-enable = Switch sign-in on
people-disable = Switch sign-in off and end sessions
role-owner = Owner
role-admin = Admin
role-creator = Creator

## One's own account

account = Account
account-you = You
account-signed-in-as = You sign in as <strong>{ $email }</strong>.
account-name = Name
account-save-name = Save the name
account-password = Password
account-password-now = Present password
account-password-new = New password
account-password-help = At least 10 characters. Every other browser is signed out.
account-password-change = Change the password
account-sessions = Signed in
account-end-others = Sign out everywhere else
account-here = this one
account-session = since { $created }, last seen { $seen }
account-sign-out = Sign out
account-browser-on = { $browser } on { $system }
account-browser-unnamed = An unnamed browser
account-tokens = API tokens
account-tokens-help = For programs that act for you, with at most your rights. The interface is described at <a href="/api/openapi.json">/api/openapi.json</a>.
account-token-fresh = <strong>Copy it now;</strong> it is not shown again.
account-token-copy = Copy the token
account-token-made = made { $when }
account-token-used = last used { $when }
account-token-unused = never used
account-token-until = until { $when }
account-token-revoke = Revoke
account-token-what = What is it for?
account-token-example = Upload script on the studio computer
account-token-may = It may
account-token-read = read
account-token-write = make and change shows, episodes, uploads
account-token-admin = manage people and the site
account-token-days = Works for
account-token-90 = 90 days
account-token-365 = a year
account-token-ever = as long as it is not revoked
account-token-do = Make a token
scope-read = read
scope-write = write
scope-admin = admin

## What was just done

said-saved = Saved.
said-room-ended = The room has ended. Its episode follows in a moment.
said-line-removed = The line is gone, here and beside the episode.
said-made = Made. Fill in the rest whenever you like; nothing is public yet.
said-published = Published. It is on the pages and in the feed now.
said-scheduled = Scheduled. It goes out by itself when its time comes.
said-unpublished = Taken back. Its guid and dates are kept.
said-deleted = Deleted.
said-artwork = The new artwork is in place; files are being updated.
said-unpictured = The show’s picture stands in again; files are being updated.
said-chapters = The chapters of the file are in place.
said-erasing = The erasure has begun. The page shows when it is done; until then everything is as it was.
said-stems = The files are being made; they appear under “Each speaker alone”.
said-transcript = The transcript is in place and can be searched.
said-untranscribed = The transcript is gone.
said-member = Their rights in this show are set.
said-unmembered = They no longer work on this show.
said-cancelled = The work has been stopped.
said-again = It will be tried again.
said-discarded = The unfinished upload is gone.
said-password = The password is changed. Every other browser is signed out.
said-session-ended = Signed out there.
said-revoked = The token no longer works.
said-role = The role is changed.
said-disabled = Sign-in is switched off, and every session has ended.
said-enabled = Sign-in is switched on.

## Shown by scripts

script-uploading = { $sent } of { $total }, { $rate }/s, { $left } left
script-paused = Paused at { $sent } of { $total }
script-resumable = Choose the same file again to go on from { $at }.
script-uploaded = Received. Processing begins.
script-upload-failed = The upload stopped: { $why }
script-retrying = Connection lost; trying again.
script-waiting = Waiting
script-pause-upload = Pause
script-resume-upload = Go on
script-cancel-upload = Cancel
script-no-line = The connection was lost. Check it, then go on.

## The recording of an episode

recording = Recording
recording-edit = Trim or mix the recording
trim = Beginning and end
trim-help = Cuts off what is said before the show begins and after it ends. The recording stays whole, so this can be changed or undone at any time; chapters, transcript, waveform and chat move with it. The files get new addresses, and podcast apps fetch them anew.
trim-listen = The whole recording
trim-from = Begin at
trim-from-help = As in 0:12.5; empty means at the beginning.
trim-to = End at
trim-to-help = On the clock of the whole recording; empty means at the end.
trim-here-from = Begin where the player stands
trim-here-to = End where the player stands
trim-now = Trim
trim-whole = Serve the whole recording again
trim-none = There is no recording yet.
remaster = Mix of the speakers
remaster-help = Mixes the room once more from what every speaker sent, and brings it to −16 LUFS. It takes a part of the length of the show; until it is done the present recording is served. Length, chapters and transcript stay.
remaster-is-live = The mix that was made while the room was live is served.
remaster-is = A new mix is served; the one that was made live is kept.
remaster-leveller = Bring every speaker to the same loudness
remaster-leveller-help = Slowly, and only while they speak.
remaster-crossgate = Close microphones in which nobody speaks
remaster-crossgate-help = While others speak; takes away their echo in open microphones.
remaster-denoise = Take noise out of the rooms
remaster-denoise-help = Fans, hum and hiss; music that is sung or played into a microphone may suffer.
remaster-now = Mix again
remaster-back = Go back to the live mix
job-trim = Trim “{ $title }”
job-remaster = Mix “{ $title }” again
said-trimming = The files are being cut; until they are done everything is as it was.
said-remastering = The new mix is being made; until it is done the present recording is served.
said-live-mix = The live mix will be back in a moment.
