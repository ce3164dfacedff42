# Addresses of people, and what a new password does to their API tokens.

email-heading = E-mail
email-new = New address
email-change = Change the address
email-help-mail = A letter to the new address lets you confirm it. Until then the old one holds.
email-help-now = It holds at once: you sign in with it from then on.
email-waiting = A letter went to <strong><bdi>{ $email }</bdi></strong>. Open its link by { $until }, and this becomes your address.
email-forget = Keep the old address
email-link-title = New address
email-link = Is this your address?
email-link-help = <strong><bdi>{ $email }</bdi></strong> becomes the address you sign in with.
email-link-do = Yes, use this address
email-link-dead = A link works once and only for a day. Ask for the change again on your account’s page.
said-email-sent = A letter to the new address is on its way.
said-email = The address is changed. You sign in with the new one.
said-email-kept = The old address stays.
tokens-revoke = API tokens that shall stop working too
tokens-keep = Your API tokens stop working with the old password. Tick those you want to keep.
