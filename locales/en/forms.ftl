# Labels, hints and examples of fields. `field-…` is the name of a fact wherever it is spoken of.

## Names of facts

field-title = Title
field-subtitle = One sentence
field-description = Description
field-author = Made by
field-language = Language
field-slug = Address
field-link = Page elsewhere
field-categories = Categories
field-kind = Type
field-medium = Medium
field-explicit = Explicit
field-complete = Complete
field-block = Hide from directories
field-update-text = How often, in words
field-update-rule = The same as a rule
field-persons = People
field-location = Place
field-owner-name = Owner’s name
field-owner-email = Owner’s e-mail
field-copyright = Copyright
field-license = Licence
field-funding = Ways to support it
field-locked = Locked
field-apple-verify = Apple’s code
field-new-feed-url = New address of the feed
field-podroll = Shows you recommend
field-txt = Free texts
field-accent = Accent colour
field-artwork = Artwork
field-audio = Recording
field-summary = In a sentence or two
field-notes = Show notes
field-season = Season
field-season-name = Name of the season
field-number = Number
field-chapters = Chapters
field-soundbites = Soundbites
field-email = E-mail
field-name = Name
field-password = Password
field-role = Role
field-file = File
field-at = Time
field-show = Show
field-starts-at = Begins
field-audience = Who finds it
field-on-end = When it ends
field-chat = Who may write
field-seats = Seats on the stage
field-delay-s = Delay in seconds
field-slow-mode-s = Seconds between two lines of one person
field-hands = Listeners may ask to speak
field-shows-count = Show how many listen
field-label = For whom
field-hours = How long

## Fields of a show

show-title-new-help = As people will say it. No “podcast”, no taglines.
show-subtitle-help = Stands under the title.
show-description-help = Markdown. What is it about, who talks, how often? Directories take up to 4000 bytes.
show-author-help = A person, a group or the house.
show-author-new-help = A person, a group or the house; shown under the title.
show-language-help = A tag such as en, de or pt-BR.
show-language-new-help = A language tag such as en, de or pt-BR.
show-slug-help = The part after /shows/. Old addresses lead on to the new one.
show-link = Own website
show-link-help = Leave empty to use the page here.
show-category-1 = First category
show-category-2 = Second
show-category-3 = Third
show-category-none = None
show-kind = Order
show-kind-episodic = Episodic: newest first
show-kind-serial = Serial: from the first one
medium-podcast = podcast
medium-music = music
medium-video = video
medium-film = film
medium-audiobook = audiobook
medium-newsletter = newsletter
medium-course = course
show-explicit-help = Strong language or themes not meant for children.
show-complete-help = No further episode will come.
show-block-help = The feed keeps working for those who have it.
show-update-text-example = Every Friday
show-update-rule-example = FREQ=WEEKLY;BYDAY=FR
show-persons-help = One a line: Name | role | link | address of a picture. All but the name may be missing; pictures are fetched and kept here. A \ before | keeps it as text.
show-persons-example = Ada Lindqvist | host | https://example.org/ada
place-help = Name | geo:48.2,16.37 | R113314. The last two may be missing. A \ before | keeps it as text.
show-owner-name-help = For directories, not shown on pages.
show-owner-email-help = Directories send a code here to prove the show is yours. It stands in the feed.
show-copyright-example = © 2026 Harbour Radio
show-license-help = Name | address of its text, as in cc-by-4.0. A \ before | keeps it as text.
show-funding-help = One a line: address | words of the link. A \ before | keeps it as text.
show-funding-example = https://example.org/coffee | Buy us a coffee
show-locked-help = Other hosts must refuse to import the feed. Switch off only while you move.
show-new-feed-url-help = Only when the show has moved away; apps follow within weeks.
show-podroll-help = One a line: podcast guid | feed address | title. A \ before | keeps it as text.
show-txt-help = One a line: purpose | text. Directories ask for such a line to prove that the feed is yours. A \ before | keeps it as text.
show-txt-example = verify | abc123
show-apple-verify-help = Apple Podcasts gives it to prove that the feed is yours. It stands in the feed; empty it once Apple has seen it.
show-accent-help = As #rrggbb. Leave empty to take it from the artwork. It is darkened or lightened until it can be read.
show-accent-example = #1f6f6b

## Fields of an episode

episode-title-new-help = Without the number; that has its own field.
episode-summary-help = For lists and previews; plain text.
episode-notes-help = Markdown: **bold**, [words](https://…), - lists.
episode-kind-full = Full episode
episode-kind-trailer = Trailer
episode-kind-bonus = Bonus
episode-chapters-help = One a line: time and title. Paste a list as you find it under videos.
episode-chapters-example =
    00:00 Casting off
    03:04 The first crossing
    1:02:33 Ice
episode-soundbites-help = Spans worth quoting, one a line: start | duration | title. 15 to 120 seconds are good. A \ before | keeps it as text.
episode-soundbites-example = 10:22 | 45 | What the cook saw
episode-persons-help = One a line: Name | role | link | address of a picture. Replaces the show’s list when filled in. A \ before | keeps it as text.
episode-slug-help = The last part of the page’s address. Old addresses lead on to the new one.
episode-explicit-inherit = As the show says
episode-explicit-yes = Yes
episode-explicit-no = No
episode-license-help = Only if it differs from the show’s: name | address of its text. A \ before | keeps it as text.
episode-txt-help = One a line: purpose | text. A \ before | keeps it as text.
