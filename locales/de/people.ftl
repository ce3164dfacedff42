# Adressen von Personen, und was ein neues Passwort mit ihren API-Token macht.

email-heading = E-Mail
email-new = Neue Adresse
email-change = Adresse ändern
email-help-mail = Mit einem Brief an die neue Adresse bestätigen Sie sie. Bis dahin gilt die alte.
email-help-now = Sie gilt sofort: Ab dann melden Sie sich mit ihr an.
email-waiting = An <strong><bdi>{ $email }</bdi></strong> ging ein Brief. Öffnen Sie seinen Link bis { $until }, dann wird das Ihre Adresse.
email-forget = Alte Adresse behalten
email-link-title = Neue Adresse
email-link = Ist das Ihre Adresse?
email-link-help = Mit <strong><bdi>{ $email }</bdi></strong> melden Sie sich künftig an.
email-link-do = Ja, diese Adresse verwenden
email-link-dead = Ein Link gilt nur einmal und nur einen Tag lang. Ändern Sie die Adresse noch einmal auf der Seite Ihres Kontos.
said-email-sent = Ein Brief an die neue Adresse ist unterwegs.
said-email = Die Adresse ist geändert. Sie melden sich mit der neuen an.
said-email-kept = Die alte Adresse bleibt.
tokens-revoke = API-Token, die ebenfalls nicht mehr gelten sollen
tokens-keep = Ihre API-Token gelten mit dem alten Passwort nicht mehr. Haken Sie an, welche Sie behalten möchten.
