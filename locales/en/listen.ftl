# What listeners see: front page, shows, episodes, search, the embedded player.

## Front page

home-newest = Newest from <a href="{ $path }" dir="auto">{ $show }</a>
home-empty-house = The house is ready and quiet. Make the first show, upload a recording, and this page turns into its front door.
home-first-show = Make the first show
home-empty = Nothing is published here yet. If this is your house, sign in and make its first show; the set-up link is in the output of the server.
home-shows = Shows
home-latest = Latest episodes

## A show

show-artwork = Artwork of this show
show-by = by { $author }
show-play-newest = Play the newest
show-play-first = Play from the start
show-edit = Edit
show-episodes = Episodes
show-no-episodes = No episode is out yet. Subscribe below and the first one comes to you.
show-about-aria = About this show
show-subscribe = Subscribe
show-qr = QR code of the feed’s address
show-qr-help = Any podcast app takes this address. Point a phone’s camera at the code to bring it over.
show-copy-feed = Copy RSS
show-open-feed = Open feed
show-about = About
show-website = Website
show-people = People
show-support = Support
show-podroll = They listen to

## An episode

episode-player = Player
episode-position = Position in the episode
episode-back = Back 15 seconds
episode-forward = Forward 30 seconds
episode-speed = Speed
episode-share = Share
episode-download = Download
episode-parts = Parts of this page
episode-notes = Notes
episode-chapters = Chapters
episode-transcript = Transcript
episode-no-notes = No notes for this one; it speaks for itself.
episode-people = People
episode-link = More about this episode
episode-chapter-page = Page for { $title }
episode-find = Find in the transcript
episode-chat-begins = What people wrote while this was live comes up again as it plays.
episode-find-short = Find
episode-follow = Follow
episode-transcript-text = Text of the transcript
episode-transcript-files = As a file:
episode-others = Other episodes
episode-before = Before this
episode-after = After this
episode-silent = This episode cannot be played at the moment. <a href="{ $path }" target="_blank" rel="noopener">Open its page</a> for more.

## Sharing an episode

share = Share
share-link = Link
share-at = Start at <time data-share-time>0:00</time>
share-copy-link = Copy link
share-app = Send to an app
share-embed = Code for another page
share-copy-code = Copy code

## Search

search = Search
search-site = Search this site
search-what = What to look for
search-example = A word, a name, a sentence somebody said
search-help = Looks through titles, notes and every word of the transcripts. A hit in a transcript takes you to the very second.
search-none = Nothing found for “{ $query }”
search-none-help = Try fewer or other words. Accents and capitals make no difference.
search-best = The { $count } best episodes with “{ $query }”; more words narrow it down
search-found = { $count ->
    [one] { $count } episode with “{ $query }”
   *[other] { $count } episodes with “{ $query }”
}
