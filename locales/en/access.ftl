# The way in: signing in, one-time links, a forgotten password.

access-sign-in = Sign in
access-email = E-mail
access-password = Password
access-forgot-link = Forgot your password?
access-back = Back to sign-in

forgot = Forgot your password?
forgot-title = Forgot your password
forgot-help = Tell us the address of your account and we send you a link.
forgot-send = Send the link
forgot-sent = Look at your mail
forgot-sent-help = If an account has this address, a link to choose a new password is on its way. It works once, for an hour.
forgot-no-mail = This site cannot send mail. Ask an administrator for a link; they make one on the page People, or on the command line of the server.

link-dead = This link no longer works
link-dead-set-up = A link works once and only for a limited time. The house may be set up already; then sign in. Otherwise start the server again, and it prints a new link.
link-dead-invite = A link works once and only for a limited time. Ask the person who invited you for a new one.
link-dead-reset = A link works once and only for a limited time. Ask for a new one below.
link-ask = Ask for a new link
link-title-set-up = Welcome
link-title-invite = Invitation
link-title-reset = New password
link-set-up = Welcome to your house
link-set-up-help = Two minutes and it is yours. You will be its owner; everybody else comes in by an invitation from you.
link-invite = Come in
link-invite-help = You were invited to { $site } as <strong>{ $email }</strong>. Choose a name and a password.
link-reset = Choose a new password
link-reset-help = For <strong>{ $email }</strong>. Every other browser that is signed in will be signed out.
link-name = Your name
link-password-help = At least 10 characters. Three or four unrelated words are good and easy to remember.
link-do-set-up = Open the house
link-do-invite = Make my account
link-do-reset = Set the password
