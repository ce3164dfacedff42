# What frames every page, and the words that all areas share.

## The language itself

language-name = English
decimal-mark = .

## The frame

skip = Skip to the content
nav-site = Site
nav-languages = Language
nav-studio = Studio
nav-of = of { $name }
nav-sign-in = Sign in
nav-sign-out = Sign out
nav-search = Search
nav-front = Front page
search-field = Search episodes and transcripts
search-field-short = Search what was said
foot = Made with Rostrum, a small radio house of one’s own.
foot-keys = Keys
close = Close
cancel = Cancel
keep-it = Keep it
copy = Copy
needed = (needed)
preview = Preview
pages = Pages
pages-at = Page { $page } of { $pages }
pages-newer = Newer
pages-older = Older
not-saved = <strong>Not saved yet.</strong> Please look at these:

## Moments and measures

month = { $n ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date-day = { $day } { $month } { $year }
date-moment = { $date }, { $time } UTC
length-hours = { $h } h
length-hours-minutes = { $h } h { $min } min
length-minutes = { $min } min
length-seconds = { $s } s
size = { $n } { $unit }

## Pieces of an episode

badge-trailer = Trailer
badge-bonus = Bonus
badge-complete = Complete
badge-explicit = E
badge-explicit-long = Explicit language or themes
numbering-both = S{ $season } · E{ $number }
numbering-number = E{ $number }
numbering-season = Season { $season }
play-title = Play { $title }
open-page-of = Open the page of { $title }
person-role = { $role ->
    [host] Host
    [co-host] Co-host
    [guest] Guest
    [producer] Producer
    [editor] Editor
    [reporter] Reporter
    [author] Author
    [narrator] Narrator
    [sound-designer] Sound designer
    [composer] Composer
   *[other] { $text }
}

## Errors with a page of their own

error-number = Number: <code>{ $id }</code>
error-missing = There is nothing at this address
error-missing-text = The page may have moved, or the episode was taken back by its makers. Search for it, or start from the front page.
error-denied = This is not open to you
error-denied-text = It belongs to people with another role. If you should have access, ask an administrator of this site.
error-internal = Something went wrong here
error-internal-text = It is our mistake, not yours, and it has been noted. Please try again in a minute. If it happens again, send the number below to whoever runs this site.
error-unavailable = Back in a moment
error-unavailable-text = The site is starting or very busy. What is on air keeps playing. This page works again soon; please reload it in a few seconds.
error-other = That did not work
