# Briefe.

mail-reset = Neues Passwort wählen
mail-reset-text =
    Hallo { $name },

    jemand, vermutlich Sie selbst, hat für { $site } ein neues Passwort angefordert.
    Mit diesem Link können Sie eines wählen. Er gilt einmal und eine Stunde lang:

    { $url }

    Falls Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.
mail-invite = Eine Einladung
mail-invite-text =
    Guten Tag,

    Sie sind eingeladen, auf { $site } Sendungen zu machen.
    Mit diesem Link wählen Sie einen Namen und ein Passwort. Er gilt einmal und eine Woche lang:

    { $url }

    Falls Sie damit nichts anfangen können, betrachten Sie diesen Brief bitte als gegenstandslos.
