# Letters.

mail-reset = Choose a new password
mail-reset-text =
    Hello { $name },

    somebody, probably you, asked for a new password on { $site }.
    This link lets you choose one. It works once, for an hour:

    { $url }

    If it was not you, there is nothing to do: your password stays as it is.
mail-invite = An invitation
mail-invite-text =
    Hello,

    you are invited to make shows on { $site }.
    This link lets you choose a name and a password. It works once, for a week:

    { $url }

    If you do not know what this is about, please disregard this letter.
