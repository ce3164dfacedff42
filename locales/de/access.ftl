# Der Weg hinein: Anmeldung, einmalige Links, vergessenes Passwort.

access-sign-in = Anmelden
access-email = E-Mail
access-password = Passwort
access-forgot-link = Passwort vergessen?
access-back = Zurück zur Anmeldung

forgot = Passwort vergessen?
forgot-title = Passwort vergessen
forgot-help = Nennen Sie uns die Adresse Ihres Kontos, und wir schicken Ihnen einen Link.
forgot-send = Link schicken
forgot-sent = Sehen Sie in Ihr Postfach
forgot-sent-help = Falls zu dieser Adresse ein Konto gehört, ist ein Link für ein neues Passwort unterwegs. Er gilt einmal und eine Stunde lang.
forgot-no-mail = Diese Website kann keine E-Mails verschicken. Bitten Sie die Verwaltung um einen Link; sie erstellt ihn auf der Seite „Personen“ oder auf der Kommandozeile des Servers.

link-dead = Dieser Link gilt nicht mehr
link-dead-set-up = Ein Link gilt nur einmal und nur für begrenzte Zeit. Vielleicht ist das Haus schon eingerichtet; dann melden Sie sich an. Andernfalls starten Sie den Server neu, er gibt dann einen neuen Link aus.
link-dead-invite = Ein Link gilt nur einmal und nur für begrenzte Zeit. Bitten Sie die Person, die Sie eingeladen hat, um einen neuen.
link-dead-reset = Ein Link gilt nur einmal und nur für begrenzte Zeit. Unten können Sie einen neuen anfordern.
link-ask = Neuen Link anfordern
link-title-set-up = Willkommen
link-title-invite = Einladung
link-title-reset = Neues Passwort
link-set-up = Willkommen in Ihrem Haus
link-set-up-help = Zwei Minuten, und es gehört Ihnen. Sie werden die Leitung haben; alle anderen kommen auf Ihre Einladung herein.
link-invite = Kommen Sie herein
link-invite-help = Sie sind bei { $site } als <strong>{ $email }</strong> eingeladen. Wählen Sie einen Namen und ein Passwort.
link-reset = Neues Passwort wählen
link-reset-help = Für <strong>{ $email }</strong>. Alle anderen Browser werden abgemeldet.
link-name = Ihr Name
link-password-help = Mindestens 10 Zeichen. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut und leicht zu merken.
link-do-set-up = Haus eröffnen
link-do-invite = Konto anlegen
link-do-reset = Passwort setzen
