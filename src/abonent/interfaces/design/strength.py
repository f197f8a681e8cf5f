"""What is wrong with a new password, in plain Russian and with the remedy.

Django's own words say «символов» and «распространён»; these judge alike and speak otherwise.
"""

from django.contrib.auth import password_validation as engine


class LongEnough(engine.MinimumLengthValidator):
    """Not shorter than the house allows."""

    def get_error_message(self) -> str:
        """Say how long it must be and how to get there."""
        return f"Пароль короче {self.min_length} знаков. Добавьте ещё слово или два"


class NotCommon(engine.CommonPasswordValidator):
    """Not one of those that are tried first."""

    def get_error_message(self) -> str:
        """Say why it is bad and what is better."""
        return (
            "Этот пароль подбирают одним из первых. Придумайте другой: подойдут три-четыре слова, "
            "не связанные друг с другом"
        )


class NotDigitsAlone(engine.NumericPasswordValidator):
    """Not of digits alone."""

    def get_error_message(self) -> str:
        """Say what to add."""
        return "Пароль из одних цифр легко подобрать. Добавьте слова"
