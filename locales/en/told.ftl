# Sentences that the program writes in English, since the API speaks English; pages tell them in the reader's language.
# The English text here is the very text in the code, with its values as variables. What `$rest` holds is told as well.

## Values of every kind

told-empty = Please fill this in.
told-long = { $length } characters are too many; { $max } are allowed.
told-control = This holds control characters; please type it again as plain text.
told-web-address = “{ $value }” is not a web address; it should begin with https://.
told-number = “{ $value }” is not a whole number.
told-none-of = “{ $value }” is none of: { $choices }.
told-one-of = One of: { $choices }.
told-slug = “{ $value }” cannot be part of an address; use a–z, 0–9 and single hyphens, at most 80 characters.
told-email = This is not an e-mail address, as in ada@example.org.
told-password-short = Please use at least { $min } characters.
told-password-long = Please use at most { $max } characters.
told-file-first = Choose a file first.
told-form-broken = The form could not be read. Please send it again.
told-file-large = This is larger than { $max } MB, the most that is taken here.
told-values = { $count } values need attention.
told-request = The request could not be understood.
told-internal = Something went wrong on our side. It has been noted.
told-missing = There is no such { $rest }, or it is not yours to see.
told-missing-show = show
told-missing-episode = episode
told-missing-file = file
told-missing-upload = upload
told-missing-account = account
told-missing-member = member
told-missing-job = job
told-missing-token = token
told-missing-session = session
told-missing-link = link; it was used already, or is too old
told-missing-room = room

## Shows and episodes

told-bytes = { $bytes } bytes are too many; directories take 4000.
told-description = Say what the show is about.
told-author = Say who makes the show.
told-categories = Choose one to three categories.
told-categories-list = Choose categories from the list.
told-categories-many = Choose at most three categories.
told-language = Use a language tag such as en, de or pt-BR.
told-apple-code = A code has at most 50 letters, digits and plain signs.
told-colour = A colour looks like #1f6f6b.
told-rule = A rule looks like FREQ=WEEKLY;BYDAY=FR.
told-links = At most 10 links are allowed.
told-feeds = At most 50 feeds are allowed.
told-feed-guid = A feed is named by its podcast:guid, a UUID.
told-people = At most 50 people can be named.
told-texts = At most 20 free texts are allowed.
told-position = A position looks like geo:48.2,16.37.
told-osm = An OpenStreetMap object looks like R113314.
told-seasons = Seasons count from 1 to 9999.
told-numbers = Episodes count from 1 to 99999.
told-chapters = At most 500 chapters are allowed.
told-chapters-order = Each chapter must begin later than the one before it.
told-chapters-file = this is not a chapters file: { $why }
told-chapters-none = The uploaded file holds no chapters.
told-chapters-begin = A chapter cannot begin before 0:00.
told-chapter-no-time = line { $line } (“{ $text }”) has no time; write it like 12:34 Title
told-chapter-no-title = line { $line } has a time but no title; write it like 12:34 Title
told-chapter-order = line { $line } begins at { $time }, which is not later than the chapter before it; put the lines in order
told-chapters-many = there are more than 500 chapters; leave some out
told-soundbites = At most 50 soundbites are allowed.
told-soundbite = A soundbite begins at or after 0:00 and lasts 1 s to 10 min.
told-soundbite-line = “{ $line }” is no line like 1:20 | 0:45 | Title.
told-slug-show = Another show has this address; choose another.
told-slug-episode = Another episode has this address; choose another.
told-titles-shows = Too many shows have this title; choose another.
told-titles-episodes = Too many episodes of this show have this title; choose another.
told-confirm = The title does not match; nothing was deleted.
told-at = Choose a day and a time.

## What keeps an episode from going out

told-needs-artwork = The show needs artwork: a square of 1400 px or more.
told-in-settings = In the show's settings: { $rest }
told-needs-sound = Upload a recording and wait until it has been processed.
told-needs-number = A serial show needs episode numbers.
told-chapter-after-end = A chapter begins after the end of the recording.
told-soundbite-after-end = A soundbite reaches past the end of the recording.
told-published = This episode is published already.
told-not-published = This episode is not published.
told-past = That time has passed; publish now or choose a later time.
told-changed = Somebody else changed this in the meantime; load it again.
told-taken = That is taken already.
told-gone = Something this refers to does not exist any more.
told-job-ended = This job has ended already.
told-job-again = Only a job that failed or was cancelled can run again.

## Pictures

told-art-large = A picture may have at most { $max } MB.
told-art-small = This picture is { $width } by { $height } pixels; podcast directories ask for at least { $min } by { $same }. Please upload a larger one.
told-art-empty = This file is empty. Please choose a picture.
told-art-form = Only JPEG, PNG and WebP pictures are accepted. Please convert it to one of these.
told-art-bytes = This picture is larger than 64 MB. Please upload a smaller one.
told-art-damaged = This picture cannot be read; it may be damaged. Please export it again.
told-art-pixels = This picture has too many pixels. Please upload one of at most 8000 by 8000.
told-art-detail = This picture has too much detail to be made small enough for directories.
told-art-unsafe = This picture could not be read safely ({ $why }).

## Recordings

told-sound-empty = This file is empty. Please check it on your computer and upload it again.
told-sound-playlist = This is a playlist, not a recording. Please upload the audio file it points to.
told-sound-text = This is a text file, not a recording.
told-sound-other = This is { $rest }, not a recording.
told-sound-other-picture = a picture
told-sound-other-pdf = a PDF document
told-sound-other-archive = an archive
told-sound-other-program = a program
told-sound-form = { $form } files are not accepted. Please convert it to MP3, M4A, WAV, FLAC or Opus and upload that.
told-sound-unknown = This does not look like a recording. Accepted are MP3, M4A, WAV, FLAC, AIFF, Ogg, Opus, MKV and WebM.
told-sound-damaged = This file cannot be decoded; it may be damaged. Please check that it plays on your computer, export it again and upload that.
told-sound-none = This file has no sound. Please upload a recording with an audio track.
told-sound-zero = This file has no sound in it: it is 0 seconds long. Please check that it plays on your computer.
told-sound-long = This recording is longer than 24 hours. Please cut it into parts.
told-sound-codec = The sound in this file is encoded as { $codec }, which is not accepted. Please convert it to MP3, AAC, FLAC or WAV and upload that.
told-sound-unsafe = This file could not be decoded safely ({ $why }). Save it anew as WAV or MP3.
told-sound-places = { $count } damaged places were left out; please listen to the result.
told-sound-cut = The file ends after { $has } although it says it is { $says } long; it may be cut off.
told-sound-silent = There is no sound in this recording, only silence.
told-sound-quiet = The recording is very quiet; raising it will also raise its noise.
told-sound-left = Only the left channel has sound; it will be heard on both sides.
told-sound-right = Only the right channel has sound; it will be heard on both sides.

## Uploads

told-upload-many = Too many uploads of this show are unfinished. Finish or cancel some, or wait until they expire.
told-upload-room = This show may take { $free } more; the file has { $size }.
told-upload-large = The file has { $size }; the largest upload here is { $max }.
told-upload-show = The episode does not belong to this show.
told-upload-expired = This upload was left alone for { $days } days and has expired. Please start it again.
told-upload-busy = Another connection is sending this upload. It goes on by itself when that one has ended.
told-upload-damaged = The bytes arrived damaged and were not kept. Please send them again.
told-upload-disk = The server's disk is full. What has arrived is kept; please try again later or tell the administrator.
told-no-room = The server's disk is full. Make room on it, or ask the administrator to, and try again.
told-upload-broken = The connection broke off. Please resume the upload.

## Transcripts

told-transcript-big = the transcript is larger than 8 MiB; upload it in parts or remove word timings
told-transcript-many = the transcript has more than 100,000 cues; join short ones
told-transcript-text = the file is not text in UTF-8 (line { $line }); save it as UTF-8 and upload it again
told-transcript-form = this is neither WebVTT, SRT nor podcast JSON; export the transcript in one of these
told-transcript-empty = the transcript holds no text
told-transcript-line = line { $line }: { $rest }
told-transcript-segment = segment { $number }: { $rest }
told-cue-json = this is not a podcast transcript in JSON ({ $why })
told-cue-times = a time lies before 0 or after 1000 hours; times are in seconds
told-cue-backwards = it ends before it begins; swap startTime and endTime
told-cue-expected = expected a time line such as 00:00:01.000 --> 00:00:02.500
told-cue-pair = this is not a pair of times; write 00:00:01.000 --> 00:00:02.500
told-cue-swap = the cue ends before it begins; swap the times

## People and accounts

told-sign-in = Please sign in first.
told-sign-in-wrong = Address or password is wrong. After five tries you have to wait some minutes.
told-sign-in-disabled = This account is disabled. Ask an administrator of this site.
told-sign-in-often = That was tried too often. Please wait some minutes and try again.
told-sign-in-many = Many people are signing in at this moment. Please try again.
told-sign-in-plain = Signing in needs https, because a password must not travel in the clear. Open this site at its https address, or on the machine itself as http://127.0.0.1. Who runs the site gives it a certificate (tls in rostrum.toml), or sets public_url to the https address of the proxy in front of it.
told-other-site = This came from another site. Open the page here and try again.
told-password-now = This is not your present password.
told-no-mail = This site cannot send mail. Ask an administrator for a link.
told-address-taken = An account has this address already.
told-address-own = This is your address already.
told-address-owner = An account has this address already; use another for the owner.
told-address-nobody = Nobody here has this address; ask an administrator to invite them.
told-role-show = Your role in this show does not allow that; ask one of its managers.
told-role-people = Only administrators manage people.
told-role-admins = Only an owner manages administrators and owners.
told-role-audit = Only administrators read the audit log.
told-account-disabled = This account is disabled; enable it first.
told-account-own = You cannot disable your own account; somebody else has to.
told-account-last = This is the last owner; make somebody else an owner first.
told-token-days = Give a number of days.
told-token-scope = Choose at least one thing this token may do.
told-token-many = You have { $max } tokens; revoke one you do not need.

## Rooms

told-room-seats = A stage has 1 to { $max } seats.
told-room-delay = A delay is { $min } to { $max } seconds, or 0 for none.
told-room-slow = Slow mode waits at most { $max } seconds.
told-room-name = Tell us the name that others will see.
told-stems-none = This episode has no recording of its speakers, or it is still being put away; try again later.
told-erase-none = This episode has no journal of a room to erase from, or it is still being put away; try again later.
told-erase-order = The end must lie behind the beginning.
told-erase-all = Say who or from when to when; to remove all, delete the episode.
told-erase-nobody = Nobody of that id took part in this room.
told-erase-time = Write a time as in 1:02:03 or 2:03.5.
told-erase-list = Choose somebody of the list.
told-copy-not-ended = The room still goes on; what is missing is taken when it has ended.
told-copy-late = It is too late to add to this recording.
told-copy-not-yet = The recording is still being put away; try again in a moment.
told-copy-closed = This recording takes nothing any more.
told-copy-bad = This is no part of a copy.
told-copy-busy = What came before is still being added; try again in a few minutes.
told-room-ended = This room has ended.
told-room-grant = A grant lasts from one hour to a year.
told-room-not-open = This room is not open.
told-invite-lasts = An invitation lasts from one hour to a year.
told-invites = A room has at most { $max } invitations.
told-invite-unknown = This invitation is not known; open the whole link that you were sent.
told-invite-revoked = This invitation was taken back; ask the host for a new one.
told-invite-expired = This invitation has expired; ask the host for a new one.
told-room-unopened = This room was never opened; delete it instead.
told-room-slower = That was too much at once; please wait a few seconds.
told-chat-line = A line has 1 to { $max } characters of plain text.
told-ingest-key = This is not the room's ingest key; its hosts find it on its page.
told-room-sign-in = Sign in, or open the invitation that you were sent.
told-room-page-first = Open the room's page first: this needs the grant it gives.
told-room-title = Too many rooms have this title; choose another.
told-room-slug = Another room has this address; choose another.
told-room-open-facts = Seats, delay, chat, hands and times can be changed only before the room is opened.
told-room-busy = This room is open, or its episode is being made. End it and wait for the episode, then delete it.
told-room-like = This name is too much like that of somebody on the stage; please choose another.
told-room-one-host = A room has one host; invite a co-host and hand the room over.
told-room-elsewhere = This invitation is for another room; open the link again.
told-invite-used = Somebody has already used this invitation; ask the host for one of your own.
told-stage-away = The stage is not there at the moment. Please try again in a few seconds.
told-missing-invitation = invitation
told-missing-replay = replay
told-missing-playlist = playlist
told-missing-line = line
told-missing-participant = participant
told-trim-none = There is no recording to trim yet.
told-trim-before = Nothing can be kept from before the beginning.
told-trim-behind = Nothing can be kept from behind the end.
told-trim-second = At least one second of the recording must stay.
told-recording-busy = The recording is still being worked on; try again when that is done.
told-remaster-none = This episode has no journal of a room to mix from, or it is still being put away; try again later.
told-remaster-live = The mix that was made live is the one that is served.
