# Live rooms in the studio: the list, the settings, the invitations.

live = Live
live-new = Plan a room
live-make = Plan it
live-none = No live rooms yet
live-none-help = Plan a room, invite who speaks, go live. When it ends, the episode is there.
live-scheduled = Planned
live-green-room = Green room
live-on-air = On air
live-ended = Over
live-peak = { $count ->
    [one] { $count } listener at most
   *[other] { $count } listeners at most
}
live-description-help = Markdown. The episode’s notes to begin with.
live-starts = Goes live at <span data-zone>(UTC)</span>
live-starts-help = Leave it empty to begin whenever you like.
live-public = Public: on the front page, in the feed, in the calendar
live-unlisted = Unlisted: whoever has the address
live-private = Private: whoever is invited
live-publish = Publish the episode at once
live-draft = Keep the episode as a draft
live-chat-everyone = Everybody, guests with a name
live-chat-signed-in = Signed-in people
live-chat-stage = Only those on the stage
live-chat-off = Nobody
live-delay-help = 5 to 30 seconds; 0 for none. What is held back can be cut before anybody hears it.
live-open = Open the studio
live-studio = To the studio
live-episode = Open the episode
live-coming = The episode will be here in a moment, if anything was on air.
live-invites = Invitations
live-invite-fresh = This link is shown only now. Copy it and send it to the person.
live-invite-copy = Copy the invitation
live-invite-anybody = Whoever has the link
live-invite-once = For one person
live-invite-many = For many
live-invite-uses = { $count ->
    [one] used once
   *[other] used { $count } times
}
live-invite-until = until
live-invite-over = Over
live-invite-revoke = Take back
live-invite-make = Make an invitation
live-invite-label-help = For your own list, such as a name.
live-day = One day
live-week = One week
live-month = Thirty days
live-end = End the room
live-end-help = Everybody leaves, and the recording becomes an episode.
live-end-sure = End this room for good?
live-delete = Delete the room
live-delete-help = Its chat and invitations go with it; an episode that came of it stays.
live-delete-sure = Delete this room?
live-save = Save
live-here = Live
live-calendar = Calendar
live-line-remove = Delete the line of { $name }
live-lines-older = Older lines
